//! A model's products and gradients against central differences of its forward pass, and against each other.

use unroll_engine::lineage::{Gradients, Model, Path, ScaledRows};

/// Step of the central differences; their error is O(STEP²).
const STEP: f64 = 1e-5;

/// Checks, for one input `[T][d]` and one cotangent `[T_out][q]`: `dL_dx` and every weight gradient against differences to `tolerance`
/// (relative to 1 + the largest entry), and, where the model has one, the Jacobian–vector product against the vector–Jacobian product.
pub fn check(model: &mut dyn Model, x: &[f64], cotangent: &[f64], tolerance: f64) -> Result<(), String> {
    let mut gradients = Gradients::zeros(&model.parameters());
    let names: Vec<String> = model.parameters().iter().map(|p| p.name.clone()).collect();
    let (q, d) = (model.output_size(), model.input_size());
    let cotangent_rows = ScaledRows::from_values(cotangent, q);
    let run = model.run(x).map_err(|e| e.to_string())?;
    let dx = run.vjp(&cotangent_rows, Path::Total, Some(&mut gradients)).to_values();
    // One generic direction of the input: ⟨cotangent, J v⟩ = ⟨Jᵀ cotangent, v⟩.
    let direction: Vec<f64> = (0..x.len()).map(|i| 0.3 + ((i * 7919 + 13) % 17) as f64 / 17.0 - 0.6).collect();
    if let Some(moved) = run.jvp(&ScaledRows::from_values(&direction, d)) {
        let forward = dot(&moved.to_values(), cotangent);
        let backward = dot(&dx, &direction);
        close("the Jacobian–vector product", &[forward], &[backward], 1e-11)?;
    }
    drop(run);

    let numeric: Vec<f64> = (0..x.len()).map(|i| slope(model, x, cotangent, |_, x, by| x[i] += by)).collect();
    close("dL_dx", &dx, &numeric, tolerance)?;
    for (p, name) in names.iter().enumerate() {
        let ours = &gradients.values[p];
        let numeric: Vec<f64> =
            (0..ours.len()).map(|i| slope(model, x, cotangent, |model, _, by| model.parameters_mut()[p][i] += by)).collect();
        close(name, ours, &numeric, tolerance)?;
    }
    Ok(())
}

fn slope(model: &mut dyn Model, x: &[f64], cotangent: &[f64], nudge: impl Fn(&mut dyn Model, &mut [f64], f64)) -> f64 {
    let mut loss = |by: f64| {
        let mut x = x.to_vec();
        let kept: Vec<Vec<f64>> = model.parameters().iter().map(|p| p.values.to_vec()).collect();
        nudge(model, &mut x, by);
        let loss = dot(model.run(&x).expect("a finite run").output(), cotangent);
        for (values, kept) in model.parameters_mut().into_iter().zip(kept) {
            values.copy_from_slice(&kept);
        }
        loss
    };
    (loss(STEP) - loss(-STEP)) / (2.0 * STEP)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn close(what: &str, ours: &[f64], expected: &[f64], tolerance: f64) -> Result<(), String> {
    let size = expected.iter().fold(1.0_f64, |most, v| most.max(v.abs()));
    for (i, (a, b)) in ours.iter().zip(expected).enumerate() {
        let within = (a - b).abs() <= tolerance * size;
        if !within {
            return Err(format!("{what}[{i}] is {a:e}, expected {b:e}"));
        }
    }
    Ok(())
}
