//! What z is drawn from: N(0, I), and whatever else a model has learnt to draw from.

use latent_ink::model::Model;
use ndarray::Array2;

/// z of standard normal eps, row by row.
pub type Prior<'a> = Box<dyn Fn(Array2<f32>) -> Array2<f32> + Sync + 'a>;

/// The priors of a model by name: `normal` is N(0, I), `learned` its own, if it has one. None where z is a map of codes.
pub fn priors(model: &Model) -> Vec<(&'static str, Prior<'_>)> {
    if model.codebook().is_some() {
        return Vec::new();
    }
    let mut priors: Vec<(&str, Prior<'_>)> = vec![("normal", Box::new(|eps| eps))];
    if model.has_learned_prior() {
        let learned = |eps: Array2<f32>| model.prior_sample(eps.view()).expect("eps of this model");
        priors.push(("learned", Box::new(learned)));
    }
    priors
}
