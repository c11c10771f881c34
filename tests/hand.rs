//! What a hand leaves in an image, and whether a model keeps it: measures against shapes whose measures are known.
#![cfg(all(feature = "cli", not(target_arch = "wasm32")))]

use latent_ink::{
    eval::{Attributes, Kinship, measure_hand, rank_correlation},
    model::{Classifier, ClassifierConfig, Config, Model},
    train::{
        Dataset,
        seeds::{Purpose, generator},
    },
};

const SIDE: usize = 28;

/// A bar through the middle, `width` across and `height` high, whose top is `lean` columns right of its foot for each row.
fn bar(width: f64, height: f64, lean: f64) -> Vec<f32> {
    let centre = (SIDE as f64 - 1.0) / 2.0;
    let level = |i: usize| {
        let (x, y) = ((i % SIDE) as f64 - centre, centre - (i / SIDE) as f64);
        let across = (width / 2.0 + 0.5 - (x - lean * y).abs()).clamp(0.0, 1.0);
        let down = (height / 2.0 + 0.5 - y.abs()).clamp(0.0, 1.0);
        (across * down) as f32
    };
    (0..SIDE * SIDE).map(level).collect()
}

fn assert_near(what: &str, got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{what}: {got}, expected {want}");
}

#[test]
fn attributes_are_those_of_the_shape() {
    for lean in [-0.4, 0.0, 0.3] {
        let measured = Attributes::of(&bar(4.0, 18.0, lean), SIDE);
        // Between pixels, and a skeleton is shorter than its bar by about half of its width at each end.
        assert_near("slant", measured.slant, lean, 0.02);
        assert_near("stroke width", measured.stroke_width, 4.0 * 18.0 / 16.0, 0.8);
        // A box that is leant keeps its width along a row.
        assert_near("aspect", measured.aspect, 4.0 / 18.0, 0.02);
    }
    let [thin, thick] = [2.0, 6.0].map(|w| Attributes::of(&bar(w, 18.0, 0.0), SIDE).stroke_width);
    assert!(thick > 2.0 * thin, "{thin} and {thick}");
    assert_near("a square's aspect", Attributes::of(&bar(12.0, 12.0, 0.0), SIDE).aspect, 1.0, 0.01);
}

#[test]
fn an_image_without_ink_measures_nothing() {
    assert_eq!(Attributes::of(&[0.0; SIDE * SIDE], SIDE), Attributes::default());
    // Grey everywhere, so that nothing counts as a stroke.
    let faint = Attributes::of(&[0.1; SIDE * SIDE], SIDE);
    assert_eq!((faint.stroke_width, faint.slant), (0.0, 0.0));
}

#[test]
fn rank_correlation_is_that_of_ranks() {
    let a = [1.0, 2.0, 3.0, 4.0, 5.0];
    assert_near("the same order", rank_correlation(&a, &[0.1, 0.2, 9.0, 10.0, 1e9]), 1.0, 1e-12);
    assert_near("reversed", rank_correlation(&a, &[5.0, 4.0, 3.0, 2.0, -7.0]), -1.0, 1e-12);
    // Ranks from their mean: -2 -1 0 1 2 and -½ -½ -2 1½ 1½, so 6 / √(10 · 9).
    assert_near(
        "ties",
        rank_correlation(&a, &[2.0, 2.0, 1.0, 3.0, 3.0]),
        6.0 / 90_f64.sqrt(),
        1e-12,
    );
    assert_near("nothing to rank", rank_correlation(&a, &[1.0; 5]), 0.0, 0.0);
}

/// Bars that lean, of three classes that differ in height; as in a form, their labels count up again and again.
fn leaning_bars() -> Dataset {
    let hands = 40;
    let lean = |hand: usize| (hand * 7 % hands) as f64 / hands as f64 - 0.5;
    let images = (0..hands * 3).flat_map(|i| bar(3.0, 8.0 + 5.0 * (i % 3) as f64, lean(i / 3)));
    let labels = (0..hands * 3).map(|i| (i % 3) as u8).collect();
    Dataset::new(images.map(|ink| (255.0 * ink) as u8).collect(), labels, SIDE * SIDE)
        .expect("as many labels as images")
}

fn parts() -> (Model, Classifier) {
    let json = serde_json::json!({
        "input": { "height": SIDE, "width": SIDE, "channels": 1 }, "likelihood": "bernoulli",
        "latent": { "gaussian": { "size": 1, "beta": 1 } }, "classes": 3,
        "encoder": [], "decoder": [{ "dense": 8 }, "film", "silu", { "dense": SIDE * SIDE }],
    });
    let mut rng = generator(1, Purpose::Weights, 0);
    let config = Config::from_json(&json).expect("a config");
    let model = Model::random(config, &[0.2; SIDE * SIDE], &mut rng).expect("layers that fit");
    let json = serde_json::json!({ "input": json["input"], "layers": [], "classes": 3 });
    let config = ClassifierConfig::from_json(&json).expect("a config");
    (model, Classifier::random(config, &mut rng).expect("layers that fit"))
}

#[test]
fn a_report_has_shares_and_correlations_and_finds_who_wrote_several_digits() {
    let ((model, judge), data) = (parts(), leaning_bars());
    let report = measure_hand(&model, &judge, &data).expect("a model with classes");
    let by_class = &report.read_as_told_by_class;
    assert_eq!(by_class.len(), 3);
    assert_near("all", report.read_as_told, by_class.iter().sum::<f64>() / 3.0, 1e-9);
    assert_eq!(
        report.attributes.keys().copied().collect::<Vec<_>>(),
        ["aspect", "slant", "stroke_width"]
    );
    for Kinship { one, by_class, set, nearer } in report.attributes.values() {
        assert_near("one", *one, by_class.iter().sum::<f64>() / 3.0, 1e-9);
        assert!((-1.0..=1.0).contains(set) && (0.0..=1.0).contains(nearer), "{set} {nearer}");
    }
    let writers = report.writers.expect("labels that count up");
    assert_eq!(writers.runs, 40);
    // A bar of the hand that drew two others leans as they do, whatever the model makes of it.
    let read: Vec<_> = writers.read_from.iter().map(|r| (r.drawings, r.combination)).collect();
    assert_eq!(read, [(1, "alone"), (2, "mean"), (2, "product"), (2, "prior once")]);
    for of in &writers.read_from {
        assert!(of.of_real["slant"] > 0.99, "{of:?}");
        assert!(of.nats.is_finite() && of.nats_of_another.is_finite(), "{of:?}");
    }
    // Without runs there is nobody to compare with.
    let alone = measure_hand(&model, &judge, &data.subset(&[2, 1, 0, 2, 1])).expect("five images");
    assert_eq!(alone.writers, None);
}
