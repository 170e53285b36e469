//! The PyTorch script of an experiment's document: `cargo run --example pytorch_script < experiment.json > experiment.py`.

use std::io::Read;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut document = Vec::new();
    let script = std::io::stdin()
        .read_to_end(&mut document)
        .map_err(|error| error.to_string())
        .and_then(|_| unroll_formats::json::read(&document).map_err(|error| error.to_string()))
        .and_then(|problem| unroll_formats::script::pytorch(&problem).map_err(|error| error.to_string()));
    match script {
        Ok(script) => {
            print!("{script}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
