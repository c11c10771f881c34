//! Any bytes as a weights file: an error, or a model whose weights are finite.
#![no_main]

use latent_ink::weights;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = weights::record(bytes);
    if let Ok((model, _)) = weights::from_bytes(bytes) {
        assert!(model.parameters().iter().all(|t| t.values.iter().all(|value| value.is_finite())));
        let parameters = model.parameters();
        let _ = weights::groups_from_bytes(["parameters"], parameters, bytes);
    }
    if let Ok((model, _)) = weights::style_from_bytes(bytes) {
        assert!(model.parameters().iter().all(|t| t.values.iter().all(|value| value.is_finite())));
    }
});
