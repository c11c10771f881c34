//! What every way of training asks of its numbers. In words, without the number that came: printing a float would be 30 KB
//! of the page's WebAssembly.

use crate::{
    error::{Error, Result},
    nn::AdamConfig,
};

/// Whether it holds, and what was expected where it does not.
pub(super) type Rule = (bool, &'static str);

/// That all of them hold; the first that does not is the error.
pub(super) fn check(rules: &[Rule]) -> Result<()> {
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, expected)) => Err(Error::Config((*expected).into())),
        None => Ok(()),
    }
}

/// Those of Adam's constants.
pub(super) fn of_adam(AdamConfig { beta_1, beta_2, epsilon }: AdamConfig) -> [Rule; 3] {
    let decays = 0.0..1.0;
    [
        (decays.contains(&beta_1), "adam.beta_1: expected a number from 0 to below 1"),
        (decays.contains(&beta_2), "adam.beta_2: expected a number from 0 to below 1"),
        (epsilon > 0.0 && epsilon.is_finite(), "adam.epsilon: expected a number above 0"),
    ]
}
