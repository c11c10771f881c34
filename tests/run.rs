//! A run as data: its state file, what can change in it while it goes on, and its steps divided among several trainers.

use latent_ink::{
    error::{Error, Result},
    eval::{evaluate, measure_part},
    nn::Parameters,
    train::{
        Augment, Dataset, Decay, Group, Member, Pixels, Run, RunConfig, Shard, Share, Step,
        Stopped, Trainer, TrainingConfig,
    },
    weights::{self, History, Precision},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Grey images of 4x4, none like another, with black and white among them: those draw nothing.
fn small(count: usize) -> Dataset {
    let level = |i: usize| ((i * i * 31 + i * 7) % 311).min(255) as u8;
    let images = (0..count * 16).map(|i| if i % 5 == 0 { 0 } else { level(i) }).collect();
    Dataset::new(images, vec![0; count], 16).expect("whole images")
}

fn dense() -> Value {
    json!({
        "input": { "height": 4, "width": 4, "channels": 1 },
        "likelihood": "bernoulli",
        "latent": { "gaussian": { "size": 3, "beta": 1.0 } },
        "encoder": [{ "dense": 8 }, "relu"],
        "decoder": [{ "dense": 8 }, "relu", { "dense": 16 }],
    })
}

fn training() -> TrainingConfig {
    TrainingConfig {
        batch: 8,
        learning_rate: 1e-2,
        warm_up: 5,
        decay: Decay::Cosine,
        kl_warm_up: 1.5,
        ..TrainingConfig::default()
    }
}

fn run_of(model: &Value, training: TrainingConfig) -> Run {
    let model = serde_json::from_value(model.clone()).expect("a whole config");
    Run { config: RunConfig { model, training }, seed: 5, epochs: 5, data: "a digest".into() }
}

fn steps(trainer: &mut Trainer, data: &Dataset, count: usize) -> Vec<Step> {
    (0..count).map(|_| trainer.step(data).expect("no divergence")).collect()
}

fn bits(parameters: &Parameters) -> Vec<u32> {
    parameters.iter().flat_map(|t| t.values.iter().map(|value| value.to_bits())).collect()
}

fn state(trainer: &Trainer) -> [Vec<u32>; 4] {
    trainer.state().map(bits)
}

/// Everything that a config can ask for, one part of it at a time.
fn variants() -> Vec<(&'static str, Value, TrainingConfig)> {
    let augment =
        Augment { rotate: 20.0, shift: 0.5, stroke: 0.5, probability: 0.7, ..Augment::default() };
    let mut flow = dense();
    flow["latent"]["gaussian"]["flow"] = json!({ "couplings": 2, "hidden": 4 });
    let mut plain = dense();
    plain["latent"] = json!({ "plain": { "size": 3 } });
    plain["likelihood"] = "gaussian".into();
    vec![
        ("as it is", dense(), training()),
        ("averaged and clipped", dense(), TrainingConfig { ema: 0.9, clip: 0.5, ..training() }),
        ("augmented", dense(), TrainingConfig { augment, augment_until: 0.4, ..training() }),
        ("with free bits", dense(), TrainingConfig { free_bits: 0.05, ..training() }),
        ("with a learned prior", flow.clone(), training()),
        ("of three samples", flow, TrainingConfig { samples: 3, ..training() }),
        (
            "binarised once",
            dense(),
            TrainingConfig { pixels: Pixels::Static, augment, ..training() },
        ),
        ("of grey levels", plain, TrainingConfig { pixels: Pixels::Grey, ..training() }),
    ]
}

/// Trainers of one run, each with its place in a team.
fn team(run: &Run, data: &Dataset, of: usize) -> Vec<(Trainer, Member)> {
    let trainer = run.begin(data).expect("a possible run");
    let member = |index| Member::new(&trainer, Shard { index, of }).expect("a run to divide");
    (0..of).map(|index| (trainer.clone(), member(index))).collect()
}

/// A step by a team, as workers take it.
fn step_together(team: &mut [(Trainer, Member)], data: &Dataset) -> Result<Step> {
    for &phase in team[0].1.phases() {
        let mut letters = vec![Vec::new(); team.len()];
        for ((trainer, member), letter) in team.iter_mut().zip(&mut letters) {
            member.compute(trainer, data, phase);
            member.write(trainer, phase, letter);
        }
        for (trainer, member) in &mut *team {
            for (from, letter) in letters.iter().enumerate() {
                assert_eq!(letter.len(), member.letter_len(trainer, phase, from), "{phase:?}");
                let wanted = member.wanted(trainer, phase, from);
                member.read(trainer, phase, from, &letter[wanted]);
            }
        }
    }
    let mut sum = Share::default();
    for (trainer, member) in &mut *team {
        let Share { recon, kl, squares } = member.share(trainer);
        sum.recon += recon;
        sum.kl += kl;
        sum.squares += squares;
    }
    let taken: Vec<Step> = team
        .iter_mut()
        .map(|(trainer, member)| member.apply(trainer, sum))
        .collect::<Result<_>>()?;
    assert!(taken.iter().all(|step| *step == taken[0]), "everyone took the same step");
    Ok(taken[0])
}

/// Gives everyone the numbers that only others have changed.
fn gather(team: &mut [(Trainer, Member)]) {
    for group in [Group::Parameters, Group::FirstMoment, Group::SecondMoment, Group::Averaged] {
        for from in 0..team.len() {
            let (trainer, member) = &team[from];
            let theirs = trainer.group(group).clone();
            for part in member.own_numbers(trainer, from) {
                for (trainer, _) in &mut *team {
                    let pieces = trainer.group_mut(group).pieces_mut(part.clone());
                    for ((_, own), (_, theirs)) in pieces.zip(theirs.pieces(part.clone())) {
                        own.copy_from_slice(theirs);
                    }
                }
            }
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_divided_step_is_the_whole_one_but_for_rounding() {
    let data = small(50);
    for (what, model, training) in variants() {
        let clip = training.clip;
        let run = run_of(&model, training);
        let mut whole = run.begin(&data).expect("a possible run");
        let want = steps(&mut whole, &data, 15);
        for of in [1, 2, 3, 8] {
            let mut team = team(&run, &data, of);
            for want in &want {
                let got = step_together(&mut team, &data).expect("no divergence");
                assert_eq!(got.step, want.step);
                // relative to the loss; sums of 8 rows in another order moved it 2e-7 at worst in 15 steps (measured)
                for (got, want, of_what) in [
                    (got.recon, want.recon, "recon"),
                    (got.recon + got.kl, want.recon + want.kl, "loss"),
                    (got.norm, want.norm, "norm"),
                ] {
                    let error = (got / want - 1.0).abs();
                    assert!(error < 1e-4, "{what}, {of} shards, {of_what}: {got}, expected {want}");
                }
                if of == 1 {
                    let losses = |step: &Step| (step.recon, step.kl);
                    assert_eq!(losses(&got), losses(want), "{what}: one shard is the whole step");
                }
            }
            gather(&mut team);
            let first = state(&team[0].0);
            assert!(team.iter().all(|(trainer, _)| state(trainer) == first), "{what}");
            // the norm, by which it is clipped, is summed in another order
            if clip == 0.0 {
                assert_eq!(of == 1, first == state(&whole), "{what}, {of} shards");
            }
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn shards_have_each_thing_once() {
    for (count, of) in [(128, 2), (128, 3), (7, 7), (100, 6), (652_824, 4)] {
        let parts: Vec<_> = (0..of).map(|index| Shard { index, of }.part(count)).collect();
        assert_eq!((parts[0].start, parts[of - 1].end), (0, count));
        assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        let lengths = parts.iter().map(|part| part.len());
        assert!(lengths.clone().max() <= lengths.min().map(|least| least + 1), "{parts:?}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_divided_step_that_diverges_changes_nobody() {
    let data = small(50);
    let run = run_of(&dense(), TrainingConfig { learning_rate: 1e6, warm_up: 0, ..training() });
    let mut team = team(&run, &data, 2);
    let states = |team: &[(Trainer, Member)]| [0, 1].map(|i: usize| state(&team[i].0));
    let (step, before) = loop {
        let before = states(&team);
        match step_together(&mut team, &data) {
            Ok(step) => assert!(step.step < 30, "a learning rate of a million should diverge"),
            Err(Error::Diverged { step }) => break (step, before),
            Err(error) => panic!("{error}"),
        }
    };
    assert!(team.iter().all(|(trainer, _)| trainer.steps() + 1 == step));
    assert_eq!(states(&team), before);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_run_goes_on_from_its_state_file_bit_for_bit() {
    let data = small(50);
    for (what, model, training) in variants() {
        let run = run_of(&model, training);
        let mut whole = run.begin(&data).expect("a possible run");
        let want = steps(&mut whole, &data, 20);
        let mut first = run.begin(&data).expect("a possible run");
        steps(&mut first, &data, 10);
        let file = run.state(&first).expect("a finite state");
        let mut second = run.begin(&data).expect("a possible run");
        run.restore(&mut second, &file).expect("this run's");
        assert_eq!(second.steps(), 10);
        assert_eq!(steps(&mut second, &data, 10), want[10..], "{what}");
        assert_eq!(state(&second), state(&whole), "{what}");
        let losses = [&second, &whole].map(|trainer| &trainer.past().first_losses);
        assert_eq!(losses[0].len(), 20);
        // They are told, not computed with: what reads their decimals may miss by the last bit.
        assert!(losses[0].iter().zip(losses[1]).all(|(a, b)| (a / b - 1.0).abs() < 1e-15));
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_state_of_another_run_is_refused_in_words() {
    let data = small(50);
    let run = run_of(&dense(), training());
    let mut trainer = run.begin(&data).expect("a possible run");
    steps(&mut trainer, &data, 3);
    let file = run.state(&trainer).expect("a finite state");
    let before = state(&trainer);
    let mut refused = |run: &Run, file: &[u8], words: &str| {
        let error = run.restore(&mut trainer, file).expect_err("another run");
        assert!(matches!(error, Error::Weights(_)) && error.to_string().contains(words), "{error}");
        assert_eq!((state(&trainer), trainer.steps()), (before.clone(), 3));
    };
    refused(&Run { seed: 6, ..run.clone() }, &file, "seed 5 there, 6 here");
    refused(&Run { epochs: 6, ..run.clone() }, &file, "5 epochs there, 6 here");
    refused(&Run { data: "other".into(), ..run.clone() }, &file, "other training images");
    let mut other = run.clone();
    other.config.training.clip = 1.0;
    refused(&other, &file, "another config of the training");
    let mut model = dense();
    model["latent"]["gaussian"]["beta"] = 2.0.into();
    refused(&run_of(&model, training()), &file, "another config of the model");
    refused(&run, &file[..1000], "cut short");
    refused(&run, &[], "too short");
    let weights = weights::to_bytes(
        run.begin(&data).expect("a run").model(),
        &History::default(),
        Precision::F32,
    );
    refused(&run, &weights.expect("finite"), "no state of a run");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn what_can_change_in_a_run_acts_from_the_next_step_on() {
    let data = small(50);
    let changes = [
        TrainingConfig { learning_rate: 2e-2, warm_up: 0, decay: Decay::Linear, ..training() },
        TrainingConfig { clip: 0.1, free_bits: 0.5, kl_warm_up: 0.0, ..training() },
        TrainingConfig { pixels: Pixels::Threshold, samples: 4, ..training() },
        TrainingConfig {
            adam: latent_ink::nn::AdamConfig { beta_1: 0.5, ..training().adam },
            augment: Augment { shift: 1.0, probability: 1.0, ..Augment::default() },
            ..training()
        },
    ];
    for changed in changes {
        let mut trainer = run_of(&dense(), training()).begin(&data).expect("a possible run");
        let mut as_before = trainer.clone();
        steps(&mut trainer, &data, 7);
        steps(&mut as_before, &data, 7);
        trainer.set_training(changed.clone()).expect("a possible change");
        trainer.set_beta(1.0).expect("the one it has");
        assert_eq!(trainer.past().changed_after, [7]);

        // As a run that always had this config and stood where this one stands.
        let run = Run::of(&trainer, "a digest");
        assert_eq!(run.config.training, changed);
        let file = run.state(&trainer).expect("finite");
        let mut other = run.begin(&data).expect("a possible run");
        run.restore(&mut other, &file).expect("the same run");
        let got = steps(&mut trainer, &data, 7);
        assert_eq!(got, steps(&mut other, &data, 7));
        assert_eq!(state(&trainer), state(&other));
        assert_ne!(got, steps(&mut as_before, &data, 7));
        // And back again.
        trainer.set_training(training()).expect("what it began with");
        steps(&mut trainer, &data, 3);
        assert_eq!(trainer.past().changed_after, [7, 14]);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn what_cannot_change_in_a_run_is_refused_and_nothing_changes() {
    let data = small(50);
    let refused = |from: TrainingConfig, to: TrainingConfig, words: &str| {
        let mut trainer = run_of(&dense(), from.clone()).begin(&data).expect("a possible run");
        let mut as_before = trainer.clone();
        let error = trainer.set_training(to).expect_err("not possible");
        assert!(matches!(error, Error::Config(_)) && error.to_string().contains(words), "{error}");
        assert_eq!(*trainer.training(), from);
        assert_eq!(steps(&mut trainer, &data, 3), steps(&mut as_before, &data, 3));
    };
    refused(training(), TrainingConfig { batch: 9, ..training() }, "began with 8");
    refused(training(), TrainingConfig { ema: 0.9, ..training() }, "without averaged");
    let averaged = TrainingConfig { ema: 0.9, ..training() };
    refused(averaged.clone(), training(), "with averaged");
    refused(averaged.clone(), TrainingConfig { ema: 1.0, ..averaged }, "below 1");
    refused(training(), TrainingConfig { learning_rate: -1.0, ..training() }, "learning_rate");
    let both = TrainingConfig { samples: 2, free_bits: 0.1, ..training() };
    refused(training(), both, "1 sample");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_run_that_diverged_goes_on_with_a_smaller_learning_rate() {
    let data = small(50);
    let mut trainer = run_of(&dense(), training()).begin(&data).expect("a possible run");
    steps(&mut trainer, &data, 5);
    let good = Run::of(&trainer, "a digest").state(&trainer).expect("finite");
    let absurd = TrainingConfig { learning_rate: 1e6, warm_up: 0, ..training() };
    trainer.set_training(absurd).expect("a possible change");
    let diverged = (0..20).find_map(|_| trainer.step(&data).err()).expect("it diverges");
    assert!(diverged.to_string().contains("smaller learning rate"), "{diverged}");
    trainer.set_training(training()).expect("a possible change");
    Run::of(&trainer, "a digest").restore(&mut trainer, &good).expect("this run's");
    assert_eq!(trainer.steps(), 5);
    let mut undisturbed = run_of(&dense(), training()).begin(&data).expect("a possible run");
    steps(&mut undisturbed, &data, 5);
    assert_eq!(steps(&mut trainer, &data, 10), steps(&mut undisturbed, &data, 10));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_record_says_how_the_model_was_trained() {
    let data = small(50);
    let run = run_of(&dense(), training());
    let mut trainer = run.begin(&data).expect("a possible run");
    let losses: Vec<f64> =
        steps(&mut trainer, &data, 4).iter().map(|step| step.recon + step.kl).collect();
    let record = run.record(&trainer);
    assert_eq!((&record["seed"], &record["epochs"]), (&json!(5), &json!(5)));
    assert_eq!((&record["steps"], &record["data"]), (&json!(4), &json!("a digest")));
    assert_eq!(record["first_losses"], json!(losses));
    assert_eq!(record["config"], json!(training()));
    assert!(record["version"].is_string() && record["changed_after"].is_null());
    trainer.set_beta(2.0).expect("a possible change");
    assert_eq!(Run::of(&trainer, "a digest").record(&trainer)["changed_after"], json!([4]));
    let stopped = Stopped::from_bytes(&run.state(&trainer).expect("finite")).expect("a state");
    assert_eq!((stopped.run, stopped.step), (run, 4));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn parts_measure_what_the_whole_measures() {
    let data = small(250);
    for (what, model, training) in variants() {
        let mut trainer = run_of(&model, training).begin(&data).expect("a possible run");
        steps(&mut trainer, &data, 5);
        for pixels in [Pixels::Bernoulli, Pixels::Static, Pixels::Grey] {
            let whole = evaluate(trainer.model(), &data, pixels, 3).expect("images of this size");
            let (mut recon, mut kl, mut kl_per_dim) = (0.0, 0.0, [0.0; 3]);
            for first in [0, 100, 200] {
                let indices: Vec<usize> = (first..data.len().min(first + 100)).collect();
                let share = indices.len() as f64 / data.len() as f64;
                let part = data.subset(&indices);
                let got = measure_part(trainer.model(), &part, first as u64, pixels, 3)
                    .expect("images of this size");
                recon += share * got.recon;
                kl += share * got.kl;
                kl_per_dim.iter_mut().zip(got.kl_per_dim).for_each(|(sum, kl)| *sum += share * kl);
            }
            // f64 sums in another order
            let same = |got: f64, want: f64| (got - want).abs() <= 1e-9 * want.abs();
            assert!(same(recon, whole.recon) && recon > 1.0, "{what}: {recon}, {}", whole.recon);
            assert!(same(kl, whole.kl), "{what}: {kl}, {}", whole.kl);
            assert!(kl_per_dim.iter().zip(&whole.kl_per_dim).all(|(&a, &b)| same(a, b)), "{what}");
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn static_pixels_are_the_same_in_every_epoch() {
    let data = small(40);
    let mut plain = dense();
    plain["latent"] = json!({ "plain": { "size": 3 } });
    // All images in one batch, no noise, and weights that stay: D differs where the pixels do.
    let costs = |pixels| {
        let training =
            TrainingConfig { batch: 40, learning_rate: 1e-30, pixels, ..TrainingConfig::default() };
        let mut trainer = run_of(&plain, training).begin(&data).expect("a possible run");
        steps(&mut trainer, &data, 3).iter().map(|step| step.recon).collect::<Vec<_>>()
    };
    // relative; the order of an epoch is the order of a sum
    let same = |a: f64, b: f64| (a - b).abs() < 1e-6 * a.abs();
    let once = costs(Pixels::Static);
    assert!(once[0] > 1.0 && same(once[0], once[1]) && same(once[0], once[2]), "{once:?}");
    let anew = costs(Pixels::Bernoulli);
    assert!(!same(anew[0], anew[1]) && !same(anew[1], anew[2]), "{anew:?}");
}

/// What `tests/e2e/train-engine.test.mjs` and `train.test.mjs` hold the page's trainer against: the 784-400-20 VAE on the first
/// 10,000 training digits or all of them, at the 16 levels that the page has. `LATENT_INK_WRITE=1 cargo test --test run native`
/// writes the fixture anew.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn native_runs_are_those_of_the_fixture() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(file) = std::fs::read(folder.join("data/mnist/train-images-idx3-ubyte")) else {
        println!("skipped: no data/mnist; `cargo xtask data` gets it");
        return;
    };
    let path = folder.join("tests/fixtures/native-runs.json");
    let runs = [("bernoulli", 10_000, 100), ("static", 10_000, 100), ("bernoulli", 60_000, 20)];
    let made: Vec<Value> = runs
        .iter()
        .map(|&(pixels, images, count)| {
            let values = file[16..16 + images * 784].to_vec();
            let data = Dataset::new(values, vec![0; images], 784).expect("whole images");
            let config = json!({
                "model": {
                    "input": { "height": 28, "width": 28, "channels": 1 },
                    "likelihood": "bernoulli",
                    "latent": { "gaussian": { "size": 20, "beta": 1 } },
                    "encoder": [{ "dense": 400 }, "relu"],
                    "decoder": [{ "dense": 400 }, "relu", { "dense": 784 }],
                },
                "training": { "batch": 128, "learning_rate": 1e-3, "pixels": pixels },
            });
            let run = Run {
                config: serde_json::from_value(config.clone()).expect("a config"),
                seed: 7,
                epochs: 3,
                data: String::new(),
            };
            let data = data.with_levels(16);
            let mut trainer = run.begin(&data).expect("a possible run");
            let losses: Vec<f64> = (steps(&mut trainer, &data, count).iter())
                .map(|step| ((step.recon + step.kl) * 1e6).round() / 1e6)
                .collect();
            json!({ "images": images, "config": config, "seed": 7, "epochs": 3, "losses": losses })
        })
        .collect();
    if std::env::var_os("LATENT_INK_WRITE").is_some() {
        let made_by = "LATENT_INK_WRITE=1 cargo test --test run native";
        let fixture = json!({ "made_by": made_by, "runs": made });
        std::fs::write(&path, format!("{fixture}\n")).expect("the folder is there");
    }
    let fixture = std::fs::read_to_string(&path).expect("the fixture is in the repository");
    let fixture: Value = serde_json::from_str(&fixture).expect("JSON");
    for (i, (made, (pixels, images, count))) in made.iter().zip(runs).enumerate() {
        let there = &fixture["runs"][i];
        assert_eq!((&there["config"], &there["images"]), (&made["config"], &made["images"]));
        let losses = |run: &Value| -> Vec<f64> {
            serde_json::from_value(run["losses"].clone()).expect("numbers")
        };
        let (got, want) = (losses(made), losses(there));
        assert_eq!(want.len(), count);
        assert!(want[count - 1] < 0.95 * want[0], "a run that learns: {want:?}");
        for (step, (got, want)) in got.iter().zip(&want).enumerate() {
            // relative; machines differ in the order of sums, which 100 steps amplify
            let error = (got / want - 1.0).abs();
            assert!(error < 1e-3, "{pixels}, {images}, step {}: {got}, not {want}", step + 1);
        }
    }
}
