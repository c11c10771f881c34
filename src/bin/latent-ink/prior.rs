//! What z is drawn from: N(0, I), and whatever else a model has learnt to draw from.

use latent_ink::model::Model;
use ndarray::Array2;

/// z of standard normal eps, row by row.
pub type Prior<'a> = Box<dyn Fn(Array2<f32>) -> Array2<f32> + Sync + 'a>;

/// The priors of a model by name. A learned one goes behind the first as `("learned", Box::new(|eps| …))`, and the
/// measures, the contact sheets and the list of models then have it, too.
pub fn priors(_model: &Model) -> Vec<(&'static str, Prior<'_>)> {
    vec![("normal", Box::new(|eps| eps))]
}
