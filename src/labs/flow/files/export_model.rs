//! What can be taken from the lab as a file: the analysis of the cell in focus.

use unroll_engine::{Analysis, Cell};
use unroll_formats::{json, safetensors, script, traces, FormatError};

use crate::labs::flow::words::cell_name;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    TracesCsv,
    TracesJson,
    Experiment,
    Weights,
    Script,
}

/// A file to save.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

impl Export {
    /// In the order of the page.
    pub const ALL: [Self; 5] = [Self::TracesCsv, Self::TracesJson, Self::Weights, Self::Experiment, Self::Script];

    /// The button's words.
    pub fn label(self) -> &'static str {
        match self {
            Self::TracesCsv => "Traces as CSV",
            Self::TracesJson => "Traces as JSON",
            Self::Experiment => "Experiment as JSON",
            Self::Weights => "Weights as safetensors",
            Self::Script => "PyTorch script",
        }
    }

    /// What is in it, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::TracesCsv => "A row a time step: inputs, states, gates, adjoint norms, product norms, σ and ρ of every step.",
            Self::TracesJson => "The same lists as the CSV, with the experiment that they come from.",
            Self::Experiment => "Weights, inputs, initial state and loss, to the last bit.",
            Self::Weights => "float64, under PyTorch’s names: load_state_dict(safetensors.torch.load_file(…)).",
            Self::Script => "Builds this very net in PyTorch and prints loss, growth, horizon and norms, to compare.",
        }
    }

    /// Whether it holds what is refined after the first picture.
    pub fn needs_everything(self) -> bool {
        matches!(self, Self::TracesCsv | Self::TracesJson)
    }

    /// The file; `assumptions` is what was assumed when the net and the input were read from files, a sentence each.
    ///
    /// # Errors
    /// The format's sentence.
    pub fn file(self, cell: Cell, analysis: &Analysis, assumptions: &[String]) -> Result<File, FormatError> {
        let problem = &analysis.problem;
        let (what, media_type, bytes) = match self {
            Self::TracesCsv => ("traces.csv", "text/csv", traces::csv(analysis).into_bytes()),
            Self::TracesJson => ("traces.json", "application/json", traces::json_with_assumptions(analysis, assumptions)?.into_bytes()),
            Self::Experiment => ("experiment.json", "application/json", json::write_with_assumptions(problem, assumptions)?.into_bytes()),
            Self::Weights => ("weights.safetensors", "application/octet-stream", safetensors::write(&problem.weights)?),
            Self::Script => ("experiment.py", "text/x-python", script::pytorch(problem)?.into_bytes()),
        };
        Ok(File { name: format!("unroll-{}-{what}", cell_name(cell).to_ascii_lowercase()), media_type, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unroll_engine::{analyse, Experiment};

    #[test]
    fn every_file_of_every_cell_is_read_again() {
        for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
            let analysis = analyse(&Experiment { cell, hidden_size: 3, seq_len: 9, ..Experiment::default() }).unwrap();
            let file = |export: Export| export.file(cell, &analysis, &[]).unwrap();
            assert_eq!(json::read(&file(Export::Experiment).bytes).unwrap(), analysis.problem);
            let again = safetensors::read(&file(Export::Weights).bytes).unwrap();
            assert_eq!((again.modules.len(), again.modules[0].hidden_size, again.modules[0].cell), (1, 3, cell));
            assert_eq!(unroll_formats::Traces::from_json(&file(Export::TracesJson).bytes).unwrap().seq_len(), 9);
            assert_eq!(String::from_utf8(file(Export::TracesCsv).bytes).unwrap().lines().count(), 11);
            assert!(String::from_utf8(file(Export::Script).bytes).unwrap().contains("import torch"));
        }
        assert_eq!(
            Export::Weights.file(Cell::Gru, &analyse(&Experiment { cell: Cell::Gru, ..Experiment::default() }).unwrap(), &[]).unwrap().name,
            "unroll-gru-weights.safetensors"
        );
    }
}
