//! What a net says, one sequence at a time: text that it writes, and its answers to a batch.

use super::error::TrainError;
use super::task::Task;
use super::trainer::Trainer;
use crate::cell::{self, StepOutput};
use crate::kernel::gemv;
use crate::rng::{Draws, Purpose};

impl Trainer {
    /// Reads `prompt` from a zero state and then writes `length` characters, each drawn from softmax(z/temperature) and read in turn; at
    /// temperature 0 always the likeliest. Without a prompt the net first reads a character drawn from the alphabet, which is not
    /// returned. Every call draws anew, determined by the seed and the number of calls before.
    ///
    /// # Errors
    /// The task is not a text's, the temperature is negative or not finite, or the prompt has a character that the text has not.
    pub fn sample_text(&mut self, prompt: &str, length: usize, temperature: f64) -> Result<String, TrainError> {
        let Task::Characters(task) = &self.config().task else { return Err(TrainError::NoCharacters) };
        TrainError::check("temperature", temperature >= 0.0 && temperature.is_finite(), temperature, || "a number of at least 0".into())?;
        let mut draws = Draws::new(self.config().seed, Purpose::Sample(self.samples));
        let mut reading = Vec::new();
        for character in prompt.chars() {
            let Some(code) = task.code(character) else {
                return Err(TrainError::OutOfRange {
                    field: "prompt",
                    value: format!("a text with {character:?}"),
                    accepted: "made of the characters of the text that is learned".into(),
                });
            };
            reading.push(code);
        }
        let alphabet = task.alphabet().to_vec();
        if reading.is_empty() {
            reading.push(draws.index(alphabet.len()));
        }
        self.samples += 1;
        let mut reader = Reader::new(self);
        for code in reading {
            reader.read(code);
        }
        let mut text = String::new();
        for _ in 0..length {
            let code = reader.choose(temperature, &mut draws);
            text.extend(alphabet.get(code));
            reader.read(code);
        }
        Ok(text)
    }
}

impl Trainer {
    /// What the net of now answers to sequence `lane` of the last batch, from a zero state: its readout at every step that has a loss,
    /// `[S][k]`. Empty where the batch has no such sequence.
    pub fn answer(&self, lane: usize) -> Vec<f64> {
        let dimensions = self.config().dimensions();
        let (size, d) = (dimensions.batch_size, dimensions.input_size);
        if lane >= size {
            return Vec::new();
        }
        let mut reader = Reader::new(self);
        let mut answer = Vec::new();
        let mut asked = dimensions.loss_steps.list(dimensions.steps).into_iter().peekable();
        for t in 1..=dimensions.steps {
            for component in 0..d {
                reader.x[component] = self.batch().x[((t - 1) * d + component) * size + lane];
            }
            reader.advance();
            if asked.next_if_eq(&t).is_some() {
                reader.score();
                answer.extend(&reader.scores);
            }
        }
        answer
    }
}

/// The net, one sequence at a time.
struct Reader {
    model: super::model::Model,
    x: Vec<f64>,
    h: Vec<f64>,
    c: Vec<f64>,
    next: (Vec<f64>, Vec<f64>),
    gates: Vec<f64>,
    scratch: [Vec<f64>; 3],
    scores: Vec<f64>,
}

impl Reader {
    fn new(trainer: &Trainer) -> Self {
        let model = trainer.model();
        let layout = model.layout();
        let (n, rows) = (layout.hidden_size, layout.rows());
        let c = vec![0.0; layout.cell.cell_state_size(n)];
        Reader {
            x: vec![0.0; layout.input_size],
            h: vec![0.0; n],
            next: (vec![0.0; n], c.clone()),
            c,
            gates: vec![0.0; rows],
            scratch: [vec![0.0; rows], vec![0.0; rows], vec![0.0; n]],
            scores: vec![0.0; layout.output_size],
            model,
        }
    }

    fn read(&mut self, code: usize) {
        self.x.fill(0.0);
        self.x[code] = 1.0;
        self.advance();
    }

    /// Takes the step that reads `x`.
    fn advance(&mut self) {
        let [ih, hh, recurrent_candidate] = &mut self.scratch;
        let (h, c) = (&mut self.next.0, &mut self.next.1);
        let out = StepOutput { h, c, gates: &mut self.gates, recurrent_candidate };
        cell::forward(&self.model.cell, &self.x, &self.h, &self.c, ih, hh, out);
        core::mem::swap(&mut self.h, &mut self.next.0);
        core::mem::swap(&mut self.c, &mut self.next.1);
    }

    fn score(&mut self) {
        gemv(&self.model.readout_weight, &self.h, &mut self.scores);
        for (score, bias) in self.scores.iter_mut().zip(&self.model.readout_bias) {
            *score += bias;
        }
    }

    fn choose(&mut self, temperature: f64, draws: &mut Draws) -> usize {
        self.score();
        let mut likeliest = 0;
        for (code, score) in self.scores.iter().enumerate() {
            if *score > self.scores[likeliest] {
                likeliest = code;
            }
        }
        let u = draws.uniform();
        if temperature == 0.0 {
            return likeliest;
        }
        let largest = self.scores[likeliest];
        for score in &mut self.scores {
            *score = libm::exp((*score - largest) / temperature);
        }
        let target = u * self.scores.iter().sum::<f64>();
        let mut sum = 0.0;
        for (code, weight) in self.scores.iter().enumerate() {
            sum += weight;
            if target < sum {
                return code;
            }
        }
        likeliest
    }
}
