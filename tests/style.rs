//! The style model: the product of posteriors, the gradient of the whole objective, that a style comes from the examples
//! alone, its weights file, and its trainer.
#![cfg(feature = "style")]

mod compare;

use compare::{assert_close, slope, uniform};
use latent_ink::{
    error::Error,
    ink::{self, Strokes},
    model::{Gaussians, StyleBatch, StyleConfig, StyleLoss, StyleModel, StylePass},
    weights::{self, History, Precision},
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const SIDE: usize = 4;
const PIXELS: usize = SIDE * SIDE;
const CONTENT: usize = 2;
const STYLE: usize = 3;
const OWN: usize = 2;
/// Of s and z together.
const READ: usize = STYLE + OWN;
const GLYPHS: usize = 4;

fn config() -> StyleConfig {
    let conv = |channels| json!({ "conv2d": { "channels": channels, "kernel": 3, "stride": 1, "padding": 1 } });
    let config = json!({
        "side": SIDE, "content": CONTENT, "style": STYLE, "own": OWN,
        "encoder": [{ "pixel_unshuffle": 2 }, conv(3), "silu", "flatten", { "dense": 4 }, "tanh"],
        "decoder": [
            { "pixel_unshuffle": 2 }, conv(3), "film",
            { "residual": ["silu", conv(3), "film", "tanh", conv(3)] },
            "film", "silu", conv(4), { "pixel_shuffle": 2 }
        ]
    });
    StyleConfig::from_json(&config).expect("possible")
}

/// Random numbers in every parameter: no product is 0, as some are at first.
fn model() -> StyleModel {
    let mut model = StyleModel::zeros(config()).expect("possible");
    for (tensor, seed) in model.parameters_mut().iter_mut().zip(300..) {
        tensor.values = uniform(seed, tensor.values.len());
        tensor.values.iter_mut().for_each(|value| *value *= 0.6);
    }
    model
}

fn batch() -> StyleBatch {
    StyleBatch {
        glyphs: uniform(1, GLYPHS * PIXELS).iter().map(|u| (u + 1.0) / 2.0).collect(),
        contents: uniform(2, GLYPHS * PIXELS * CONTENT),
        examples: vec![vec![1, 2, 3], vec![0], vec![3, 1], vec![2, 0]],
    }
}

fn pass() -> StylePass {
    let mut pass = StylePass::default();
    pass.eps = uniform(3, GLYPHS * (STYLE + OWN));
    pass
}

fn product(of: &Gaussians, rows: &[u32]) -> Gaussians {
    let size = of.mu.len() / GLYPHS;
    let mut product = Gaussians { mu: vec![0.0; size], log_var: vec![0.0; size] };
    let Gaussians { mu, log_var } = &mut product;
    of.product(rows, mu, log_var);
    product
}

fn readings() -> Gaussians {
    Gaussians { mu: uniform(4, GLYPHS * STYLE), log_var: uniform(5, GLYPHS * STYLE) }
}

#[test]
fn a_product_weighs_means_by_precision_and_counts_the_prior_once() {
    let readings = readings();
    let got = product(&readings, &[0, 2]);
    let (mut mu, mut log_var) = (Vec::new(), Vec::new());
    for j in 0..STYLE {
        let weight = |row: usize| (-f64::from(readings.log_var[row * STYLE + j])).exp();
        let mean = |row: usize| f64::from(readings.mu[row * STYLE + j]);
        let precision = 1.0 + weight(0) + weight(2);
        mu.push((weight(0) * mean(0) + weight(2) * mean(2)) / precision);
        log_var.push(-precision.ln());
    }
    assert_close("mu", &got.mu, &mu, 1e-6);
    assert_close("log_var", &got.log_var, &log_var, 1e-6);
    let nothing = product(&readings, &[]);
    assert_eq!((nothing.mu, nothing.log_var), (vec![0.0; STYLE], vec![0.0; STYLE]), "N(0, I)");
    let (one, two) = (product(&readings, &[1]), product(&readings, &[1, 1]));
    assert!(two.log_var.iter().zip(&one.log_var).all(|(two, one)| two < one), "{two:?} {one:?}");
}

#[test]
fn a_log_variance_beyond_every_use_neither_overflows_nor_moves() {
    let mut readings = readings();
    (readings.log_var[0], readings.log_var[STYLE]) = (-1e9, 1e9);
    let sure = product(&readings, &[0]);
    assert!((sure.mu[0] - readings.mu[0]).abs() < 1e-6 && sure.log_var[0].is_finite());
    assert!(product(&readings, &[1]).mu[0].abs() < 1e-6, "nothing said, so the prior");
    let mut d = Gaussians { mu: vec![0.0; 2 * STYLE], log_var: vec![0.0; 2 * STYLE] };
    let ones = [1.0; STYLE];
    readings.product_backward(&[0, 1], (&sure.mu, &sure.log_var), (&ones, &ones), &mut d);
    assert_eq!([d.log_var[0], d.log_var[STYLE]], [0.0, 0.0]);
}

#[test]
fn the_gradient_of_a_product_is_its_difference_quotient() {
    let (readings, rows) = (readings(), [3, 0, 1]);
    let (d_mu, d_log_var) = (uniform(6, STYLE), uniform(7, STYLE));
    let value = |readings: &Gaussians| -> f64 {
        let got = product(readings, &rows);
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        dot(&got.mu, &d_mu) + dot(&got.log_var, &d_log_var)
    };
    let zeros = vec![0.0; GLYPHS * STYLE];
    let mut got = Gaussians { mu: zeros.clone(), log_var: zeros };
    let at = product(&readings, &rows);
    readings.product_backward(&rows, (&at.mu, &at.log_var), (&d_mu, &d_log_var), &mut got);
    let mut moved = readings.clone();
    let mut quotients = |of: fn(&mut Gaussians) -> &mut Vec<f32>| -> Vec<f64> {
        (0..GLYPHS * STYLE)
            .map(|i| {
                let held = of(&mut moved)[i];
                let quotient = slope(held, |at| {
                    of(&mut moved)[i] = at;
                    value(&moved)
                });
                of(&mut moved)[i] = held;
                quotient
            })
            .collect()
    };
    assert_close("mu", &got.mu, &quotients(|gaussians| &mut gaussians.mu), 1e-4);
    assert_close("log_var", &got.log_var, &quotients(|gaussians| &mut gaussians.log_var), 1e-4);
}

#[test]
fn the_gradient_of_every_parameter_is_its_difference_quotient() {
    const WEIGHTS: [f32; 2] = [0.7, 1.3];
    let (model, batch, mut pass) = (model(), batch(), pass());
    let mut gradient = model.parameters().zeros_like();
    // Another batch first: nothing of it may be left.
    let other = StyleBatch { examples: vec![vec![0]; GLYPHS], ..batch.clone() };
    model.forward(&other, &mut pass);
    model.backward(&other, [1.0; 2], &mut pass, &mut gradient);
    gradient.fill(f32::NAN);
    model.forward(&batch, &mut pass);
    model.backward(&batch, WEIGHTS, &mut pass, &mut gradient);
    let mut moved = model.clone();
    for (index, (tensor, got)) in model.parameters().iter().zip(gradient.iter()).enumerate() {
        let want: Vec<f64> = (0..tensor.values.len())
            .map(|i| {
                let mut at = |value: f32| {
                    let tensor = moved.parameters_mut().iter_mut().nth(index);
                    tensor.expect("the same list").values[i] = value;
                    let StyleLoss { recon, kl, own } = moved.forward(&batch, &mut pass);
                    recon + f64::from(WEIGHTS[0]) * kl + f64::from(WEIGHTS[1]) * own
                };
                let quotient = slope(tensor.values[i], &mut at);
                at(tensor.values[i]);
                quotient
            })
            .collect();
        assert_close(&tensor.name, &got.values, &want, 1e-3);
    }
}

#[test]
fn a_glyph_is_written_from_its_examples_and_not_from_itself() {
    let (model, batch) = (model(), batch());
    let of_first = |batch: &StyleBatch| {
        let readings = model.read(&batch.glyphs, &batch.contents);
        product(&readings, &batch.examples[0])
    };
    let mut other = batch.clone();
    other.glyphs[..PIXELS].iter_mut().for_each(|level| *level = 1.0 - *level);
    assert_eq!(of_first(&batch), of_first(&other));
    other.glyphs[PIXELS..].iter_mut().for_each(|level| *level = 1.0 - *level);
    assert_ne!(of_first(&batch).mu, of_first(&other).mu);
}

#[test]
fn many_glyphs_are_read_and_written_as_one_by_one() {
    let model = model();
    let count = 11;
    let glyphs: Vec<f32> = uniform(8, count * PIXELS).iter().map(|u| u.abs()).collect();
    let (contents, styles) = (uniform(9, count * PIXELS * CONTENT), uniform(10, count * READ));
    let (readings, written) = (model.read(&glyphs, &contents), model.write(&styles, &contents));
    assert_eq!((readings.mu.len(), written.len()), (count * READ, count * PIXELS));
    for i in [0, 7, 8, 10] {
        let content = &contents[i * PIXELS * CONTENT..][..PIXELS * CONTENT];
        let one = model.read(&glyphs[i * PIXELS..][..PIXELS], content);
        compare_rows(&readings.mu[i * READ..][..READ], &one.mu);
        let one = model.write(&styles[i * READ..][..READ], content);
        compare_rows(&written[i * PIXELS..][..PIXELS], &one);
    }
    assert!(written.iter().all(|level| (0.0..=1.0).contains(level)));
}

/// Products of few rows may be summed in another order.
#[track_caller]
fn compare_rows(got: &[f32], want: &[f32]) {
    assert_close("row", got, &compare::wide(want), 1e-5);
}

#[test]
fn weights_come_back_as_they_were() {
    let model = model();
    let history = History { training: json!({ "seed": 1 }), ..History::default() };
    let bytes = weights::style_to_bytes(&model, &history, Precision::F32).expect("finite");
    let (read, record) = weights::style_from_bytes(&bytes).expect("just written");
    assert_eq!((read.config(), read.parameters()), (model.config(), model.parameters()));
    assert!(record.contains("\"training\":{\"seed\":1}"), "{record}");
    let bytes = weights::style_to_bytes(&model, &history, Precision::Int8).expect("finite");
    let (rounded, _) = weights::style_from_bytes(&bytes).expect("just written");
    for (rounded, tensor) in rounded.parameters().iter().zip(model.parameters().iter()) {
        assert_close(&tensor.name, &rounded.values, &compare::wide(&tensor.values), 5e-3);
    }
}

#[test]
fn files_of_other_models_are_refused_in_words() {
    let bytes = weights::style_to_bytes(&model(), &History::default(), Precision::F16);
    let bytes = bytes.expect("finite");
    let Err(Error::Config(_) | Error::Weights(_)) = weights::from_bytes(&bytes) else {
        panic!("a style model is no autoencoder");
    };
    for end in (0..bytes.len()).step_by(97) {
        let refused = weights::style_from_bytes(&bytes[..end]);
        assert!(refused.is_err(), "a file cut after {end} of {} bytes", bytes.len());
    }
    for (change, expected) in [
        (json!({ "style": 0 }), "style: expected 1 to 512, got 0"),
        (json!({ "decoder": [{ "dense": 9 }] }), "put a flatten before it"),
        (json!({ "decoder": ["flatten", { "dense": 9 }] }), "the decoder ends with 9 values"),
        (json!({ "content": "ink" }), "content: expected a whole number"),
        (json!({ "extra": 1 }), "the style model has \"extra\""),
    ] {
        let mut config = config().to_json();
        for (key, value) in change.as_object().expect("an object") {
            config[key] = value.clone();
        }
        let outcome = StyleConfig::from_json(&config).and_then(StyleModel::zeros);
        let message = outcome.expect_err("impossible").to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_drawing_becomes_a_glyph_where_it_was_drawn() {
    // A line across, a quarter down, and a dot in the middle of the lower half.
    let points = [0.1, 0.25, 0.5, 0.25, 0.9, 0.25, 0.5, 0.75];
    let strokes = Strokes::from_parts(&points, &[3, 1]).expect("whole");
    let glyph = ink::draw(&strokes, 40, 0.05).expect("a pen of 2 px");
    let at = |x: usize, y: usize| glyph[y * 40 + x];
    for (x, y, level) in
        [(20, 9, 1.0), (20, 10, 1.0), (20, 8, 0.0), (20, 11, 0.0), (1, 10, 0.0), (38, 10, 0.0)]
    {
        assert!((at(x, y) - level).abs() < 0.01, "{} at {x}, {y}, expected {level}", at(x, y));
    }
    let dot: f32 = glyph[20 * 40..].iter().sum();
    assert!((dot - std::f32::consts::PI).abs() < 0.3, "a dot of {dot} pixels, 2 px wide");
    for pen in [0.0, -1.0, 2.0, f32::NAN] {
        let message = ink::draw(&strokes, 40, pen).expect_err("no pen").to_string();
        assert!(message.contains("expected a width above 0"), "{message}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod training {
    use super::*;
    use latent_ink::{
        eval::{StyleJudges, StyleScore, StyleTask, StyleTest, Way},
        ink::Medians,
        model::{Classifier, ClassifierConfig},
        nn::{LayerConfig, Shape},
        train::{
            Augment, Decay, Glyphs, Pairs, Refining, Split, StyleLessons, StyleTrainer,
            StyleTraining,
        },
    };

    const CHARACTERS: usize = 9;
    const NAMES: &str = "一二三四五六七八九";

    /// The nine characters as one stroke each, which goes the further right the later it comes.
    fn medians() -> Medians {
        let mut bytes = b"latent-ink strokes 1\n".to_vec();
        bytes.extend((CHARACTERS as u16).to_le_bytes());
        for (index, character) in NAMES.chars().enumerate() {
            bytes.extend((character as u32 as u16).to_le_bytes());
            bytes.extend([1, 2, 30, 120, 60 + 15 * index as u8, 0]);
        }
        Medians::from_bytes(&bytes).expect("whole")
    }

    /// Fonts whose glyphs are their character's picture at their own level of grey.
    fn lessons() -> StyleLessons {
        let fonts: Vec<_> = [("a", "A", "train"), ("b", "A", "train"), ("c", "C", "train"), ("d", "D", "test")]
            .map(|(name, family, split)| json!({ "name": name, "family": family, "kind": "kai", "split": split, "licence": "none" }))
            .into();
        let list = json!({ "side": SIDE, "characters": NAMES, "heldOut": "二九", "fonts": fonts });
        let picture = |c: usize| uniform(40 + c as u32, PIXELS);
        let levels = (0..fonts.len())
            .flat_map(|font| {
                (0..CHARACTERS).flat_map(move |c| {
                    // Font b lacks the third character.
                    let ink = if (font, c) == (1, 2) { 0 } else { 60 * (font as u8 + 1) };
                    picture(c).into_iter().map(move |u| if u > 0.0 { ink } else { 0 })
                })
            })
            .collect();
        let contents = (0..CHARACTERS)
            .flat_map(|c| picture(c).into_iter().flat_map(|u| [f32::from(u > 0.0), u]))
            .collect();
        let glyphs = Glyphs::from_parts(list.to_string().as_bytes(), levels).expect("whole");
        StyleLessons::new(glyphs, contents, Some(medians())).expect("as many pictures")
    }

    fn training() -> StyleTraining {
        StyleTraining {
            fonts: 8,
            characters: 4,
            examples: 2,
            pairs: Pairs::Intercross,
            hands: 0.0,
            augment: Augment::default(),
            kl: 0.05,
            kl_warm_up: 10,
            own_kl: 2.0,
            own_kl_from: 20.0,
            own_kl_fall: 50,
            learning_rate: 1e-2,
            warm_up: 5,
            decay: Decay::Cosine,
            adam: latent_ink::nn::AdamConfig::default(),
            ema: 0.9,
            clip: 100.0,
        }
    }

    fn trainer(lessons: &StyleLessons, seed: u32) -> StyleTrainer {
        StyleTrainer::new(config(), training(), lessons, seed, 200).expect("possible")
    }

    #[test]
    fn fonts_and_characters_to_test_with_stay_apart() {
        let lessons = lessons();
        let glyphs = lessons.glyphs();
        assert_eq!(glyphs.fonts_of(Split::Train).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(glyphs.drawn_by(1, false), [0, 3, 4, 5, 6, 7], "not those held out or lacking");
        assert_eq!(glyphs.drawn_by(3, true), [1, 8]);
        assert!(glyphs.glyph(1, 2).is_none());
    }

    #[test]
    fn training_learns_the_style_of_other_glyphs() {
        let lessons = lessons();
        let mut trainer = trainer(&lessons, 1);
        let losses: Vec<f64> =
            (0..200).map(|_| trainer.step(&lessons).expect("finite").recon).collect();
        let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
        let (first, last) = (mean(&losses[..10]), mean(&losses[190..]));
        assert!(last < 0.9 * first, "{first} nats became {last}");
        // The mean level that is written is that of the font which was read.
        let model = trainer.model();
        let levels: Vec<f32> = [0, 2]
            .iter()
            .map(|&font| {
                let glyph = lessons.glyphs().glyph(font, 3).expect("drawn");
                let glyph: Vec<f32> = glyph.iter().map(|&l| f32::from(l) / 255.0).collect();
                let style = model.read_together(&glyph, lessons.content(3)).mu;
                model.write(&style, lessons.content(5)).iter().sum::<f32>()
            })
            .collect();
        assert!(levels[1] > 1.3 * levels[0], "{levels:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_run_with_any_number_of_threads() {
        let lessons = lessons();
        let run = |seed, threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("few");
            let mut trainer = trainer(&lessons, seed);
            pool.install(|| {
                (0..5).for_each(|_| {
                    trainer.step(&lessons).expect("finite");
                });
            });
            trainer.model().parameters().clone()
        };
        assert_eq!(run(1, 1), run(1, 3));
        assert_ne!(run(1, 1), run(2, 1));
    }

    #[test]
    fn hands_and_changed_fonts_are_learned_from_as_well() {
        let lessons = lessons();
        let recon = |hands, probability| {
            let augment = Augment { shift: 1.0, probability, ..Augment::default() };
            let training = StyleTraining { hands, augment, ..training() };
            let run = StyleTrainer::new(config(), training, &lessons, 1, 10);
            run.expect("possible").step(&lessons).expect("finite").recon
        };
        let plain = recon(0.0, 0.0);
        assert_ne!(plain, recon(0.0, 1.0));
        assert_ne!(plain, recon(1.0, 0.0));
        assert_eq!(recon(1.0, 0.0), recon(1.0, 1.0), "no font is left to change");
    }

    #[test]
    fn a_refined_style_writes_its_examples_better() {
        let lessons = lessons();
        let mut trainer = trainer(&lessons, 1);
        (0..100).for_each(|_| {
            trainer.step(&lessons).expect("finite");
        });
        let model = trainer.model();
        let (glyphs, contents) = (lessons.glyphs_of(3, &[2, 3]), lessons.contents_of(&[2, 3]));
        let read = model.read_together(&glyphs, &contents);
        let error = |style: &[f32]| -> f32 {
            let written = model.write(&style.repeat(2), &contents);
            written.iter().zip(&glyphs).map(|(a, b)| (a - b).powi(2)).sum()
        };
        let refining = Refining { steps: 20, rate: 0.1, weight: 1.0 };
        let refined = refining.refine(model, &read, &glyphs, &contents);
        assert!(error(&refined) < error(&read.mu), "{} {}", error(&refined), error(&read.mu));
        let none = Refining { steps: 0, ..refining };
        assert_eq!(none.refine(model, &read, &glyphs, &contents), read.mu);
    }

    #[test]
    fn what_is_written_is_measured_against_the_truth() {
        let lessons = lessons();
        let test = StyleTest::new(&lessons);
        // Font d is at 240 of 255, and font c, the third, at 180 is the nearest to it.
        assert_eq!(test.fonts().collect::<Vec<_>>(), [(3, 2)]);
        let examples = test.examples(3, 2, 0);
        assert!(examples.iter().all(|example| ![1, 8].contains(example)), "{examples:?}");
        assert_eq!(test.examples(3, 1, 0)[0], examples[0], "fewer are the first of more");
        let task = StyleTask { font: 3, examples: &examples, targets: &[1] };
        let nearest = Way::NearestFont.write(&lessons, task);
        assert_eq!(nearest, lessons.glyphs_of(2, &[1]));
        let mean = Way::MeanGlyph.write(&lessons, task);
        // Families count once: fonts a and b at 60 and 120 are one of 90, font c is at 180.
        let most = mean.iter().fold(0.0_f32, |most, &level| most.max(level));
        assert!((most * 255.0 - 135.0).abs() < 0.5, "{most}");
        // Whatever it is shown, one takes it for the second character, the other for the fourth font.
        let [reader, fonts] = [(CHARACTERS, 1), (4, 3)].map(|(classes, always)| {
            let input = Shape { height: SIDE, width: SIDE, channels: 1 };
            let layers = vec![LayerConfig::Flatten];
            let mut judge = Classifier::zeros(ClassifierConfig { input, layers, classes });
            let judge = judge.as_mut().expect("possible");
            let bias =
                judge.parameters_mut().iter_mut().find(|tensor| tensor.name == "classes.bias");
            bias.expect("there is one").values[always] = 1.0;
            judge.clone()
        });
        let judges = StyleJudges { reader: Some(&reader), fonts: Some(&fonts) };
        let scores = test.scores(Way::NearestFont, 2, 3, judges).expect("judges of such glyphs");
        let mean = StyleScore::mean(&scores);
        let StyleScore { above_nearest, first, rmse, .. } = mean;
        let judged = [mean.read, mean.judged_above_nearest, mean.judged_first].map(Option::unwrap);
        for (got, want) in judged.into_iter().zip([0.5, 1.0, 1.0]) {
            assert!((got - want).abs() < 1e-6, "{judged:?}: one of two characters, and the font");
        }
        assert_eq!([above_nearest, first], [0.0, 0.0], "it is the nearest font's own glyph");
        let ink = lessons.glyphs_of(3, &[1, 8]).iter().filter(|&&level| level > 0.0).count();
        assert!(rmse > 0.0 && rmse < 60.0 / 255.0 && ink > 0, "{rmse}");
    }

    #[test]
    fn a_restored_run_goes_on_bit_for_bit() {
        let lessons = lessons();
        let mut whole = trainer(&lessons, 3);
        let steps = |trainer: &mut StyleTrainer, count: usize| {
            (0..count).for_each(|_| {
                trainer.step(&lessons).expect("finite");
            });
        };
        steps(&mut whole, 3);
        let state = whole.state().map(Clone::clone);
        steps(&mut whole, 3);
        let mut resumed = trainer(&lessons, 3);
        resumed.restore(3, state);
        steps(&mut resumed, 3);
        assert_eq!(whole.state(), resumed.state());
    }

    #[test]
    fn impossible_runs_are_refused_in_words() {
        let lessons = lessons();
        for (change, expected) in [
            (json!({ "fonts": 6 }), "fonts: expected a multiple of 4"),
            (json!({ "examples": 4 }), "examples: expected 1 or more, and fewer than characters"),
            (json!({ "characters": 9, "examples": 2 }), "has 7 characters, a batch takes 9"),
            (json!({ "learning_rate": 0 }), "learning_rate: expected a number above 0"),
        ] {
            let mut training = serde_json::to_value(training()).expect("plain data");
            for (key, value) in change.as_object().expect("an object") {
                training[key] = value.clone();
            }
            let training: StyleTraining = serde_json::from_value(training).expect("known fields");
            let error = StyleTrainer::new(config(), training, &lessons, 0, 1).err();
            let message = error.expect("impossible").to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
