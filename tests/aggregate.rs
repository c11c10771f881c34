//! The mixture of many posteriors against closed forms.

use latent_ink::eval::Aggregate;

/// Rows of `[mu, sigma]` for each of two dimensions.
const ROWS: [[(f32, f32); 2]; 4] = [
    [(1.0, 0.5), (-2.0, 1.0)],
    [(-1.0, 0.5), (2.0, 1.0)],
    [(1.0, 0.5), (2.0, 1.0)],
    [(-1.0, 0.5), (-2.0, 1.0)],
];

fn assert_close(got: impl Into<f64>, want: impl Into<f64>, tolerance: f64) {
    let (got, want) = (got.into(), want.into());
    assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{got}, expected {want}");
}

fn columns() -> (Vec<f32>, Vec<f32>) {
    ROWS.iter().flatten().copied().unzip()
}

#[test]
fn moments_are_those_of_the_mixture() {
    let (mu, sigma) = columns();
    let (mean, covariance) = Aggregate::new(&mu, &sigma, 2).moments();
    assert_eq!(mean, [0.0, 0.0]);
    // The variance of the means and the mean of the variances; the signs are crossed, so nothing beside the diagonal.
    assert_eq!(covariance, [1.25, 0.0, 0.0, 5.0]);
}

#[test]
fn kl_of_moments_is_that_of_two_gaussians_side_by_side() {
    let (mu, sigma) = columns();
    let one = |variance: f64| (variance - 1.0 - variance.ln()) / 2.0;
    let kl = Aggregate::new(&mu, &sigma, 2).kl_of_moments();
    assert_close(kl, one(1.25) + one(5.0), 1e-12);
}

#[test]
fn what_is_the_prior_is_no_distance_from_it_and_what_is_flat_infinitely_far() {
    let prior = Aggregate::new(&[0.0; 4], &[1.0; 4], 2).kl_of_moments();
    assert_close(prior, 0.0, 1e-12);
    // Two points on a line: no variance across it.
    let flat = Aggregate::new(&[1.0, 1.0, -1.0, -1.0], &[0.0; 4], 2).kl_of_moments();
    assert_eq!(flat, f64::INFINITY);
}

#[test]
fn densities_hold_all_of_the_probability_and_meet_at_their_margin() {
    let (mu, sigma) = columns();
    let aggregate = Aggregate::new(&mu, &sigma, 2);
    let width = 0.05;
    let at: Vec<f32> = (-160..=160).map(|i| i as f32 * width).collect();
    let marginal = aggregate.marginal(1, &at, 0.0);
    assert_close(marginal.iter().sum::<f32>() * width, 1.0, 1e-3);
    let plane = aggregate.plane([0, 1], &at, &at, 0.0);
    for (row, &density) in plane.chunks_exact(at.len()).zip(&marginal) {
        assert_close(row.iter().sum::<f32>() * width, density, 1e-4);
    }
    // At the middle between four: of the first dimension N(0; ±1, 1/2), of the second N(0; ±2, 1).
    let normal = |z: f32, sigma: f32| (-(z / sigma).powi(2) / 2.0).exp() / sigma / 2.506_628_3;
    let middle = plane[160 * at.len() + 160];
    assert_close(middle, normal(1.0, 0.5) * normal(2.0, 1.0), 1e-6);
}

#[test]
fn a_point_is_drawn_as_wide_as_it_is_told() {
    let density = Aggregate::new(&[0.0, 0.0], &[0.0, 0.0], 1).marginal(0, &[0.0], 0.1);
    assert_close(density[0], 10.0 / 2.506_628_3, 1e-5);
}
