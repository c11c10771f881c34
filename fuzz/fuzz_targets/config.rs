//! Any JSON as a model's config: an error, or a model whose config comes back from its own JSON.
#![no_main]

use latent_ink::model::{Config, Model};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(json) = serde_json::from_slice(bytes) else { return };
    let Ok(config) = Config::from_json(&json) else { return };
    if let Ok(model) = Model::zeros(config.clone()) {
        assert_eq!(Config::from_json(&config.to_json()), Ok(config));
        assert!(model.pixels() > 0 && model.latent_size() > 0);
    }
});
