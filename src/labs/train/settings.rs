//! What decides the runs of the Train lab.

use unroll_engine::train::{CharacterOrder, Characters, Clip, Config, LossAt, Optimiser, Precision, Task, TrainError, Truncation};
use unroll_engine::{Activation, Cell, Initialiser};

use crate::form::vocabulary::CELLS;

/// What is learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    Adding,
    CopyMemory,
    TemporalOrder,
    Latch,
    Sine,
    Characters,
}

/// What is done to the gradient before the optimiser sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipKind {
    Off,
    Norm,
    Value,
}

/// How the gradient is cut off on its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutKind {
    Off,
    /// Once, a number of steps from the end.
    Window,
    /// TBPTT(k1, k2): every k1 steps, k2 steps back.
    Stretches,
}

/// The optimisers, with PyTorch's hyperparameters.
pub const OPTIMISERS: [Optimiser; 4] = [Optimiser::Sgd, Optimiser::SGD_MOMENTUM, Optimiser::ADAM, Optimiser::RMS_PROP];
/// Where the optimiser is chosen from the first.
const ADAM: usize = 2;

/// The opening of “Alice’s Adventures in Wonderland” (Lewis Carroll, 1865), which is in the public domain; small letters, so that its
/// alphabet is small.
pub const EXCERPT: &str =
    "alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do: once or \
twice she had peeped into the book her sister was reading, but it had no pictures or conversations in it, and what is the use of a book, \
thought alice without pictures or conversations? so she was considering in her own mind, as well as she could, for the hot day made her \
feel very sleepy and stupid, whether the pleasure of making a daisy-chain would be worth the trouble of getting up and picking the \
daisies, when suddenly a white rabbit with pink eyes ran close by her.";

/// Everything that can be set. One value is one link.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainSettings {
    pub task: TaskKind,
    /// T of the task; for copy memory the blanks.
    pub length: usize,
    pub text: String,
    /// Which steps have a loss.
    pub loss_at: LossAt,
    pub rnn: bool,
    pub lstm: bool,
    pub gru: bool,
    /// The cell that the waterfall and the lags are of.
    pub focus: Cell,
    pub hidden_size: usize,
    pub batch_size: usize,
    /// φ of the plain RNN.
    pub activation: Activation,
    pub initialiser: Initialiser,
    pub gain: f64,
    pub forget_bias: f64,
    pub seed: u32,
    /// Place among [`OPTIMISERS`].
    pub optimiser: usize,
    pub learning_rate: f64,
    pub clip: ClipKind,
    pub clip_limit: f64,
    pub cut: CutKind,
    /// Steps back that the gradient goes: k2.
    pub window: usize,
    /// Steps between two propagations: k1.
    pub every: usize,
    /// Whether an iteration starts from the states that the one before ended in.
    pub carried: bool,
    /// Coefficient of Pascanu's Ω, for the plain RNN; 0 is off.
    pub omega: f64,
    /// Standard deviation of the latch's noise.
    pub noise: f64,
    /// Shortest and longest period of the sines, in steps.
    pub shortest_period: f64,
    pub longest_period: f64,
    /// The arithmetic of the passes.
    pub precision: Precision,
    /// Steps per second at most; 0 is as fast as it goes.
    pub speed: usize,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            task: TaskKind::Adding,
            length: 50,
            text: EXCERPT.to_owned(),
            loss_at: LossAt::Task,
            rnn: true,
            lstm: true,
            gru: true,
            focus: Cell::Lstm,
            hidden_size: 32,
            batch_size: 32,
            activation: Activation::Tanh,
            initialiser: Initialiser::PytorchUniform,
            gain: 1.0,
            forget_bias: 1.0,
            seed: 7,
            optimiser: ADAM,
            learning_rate: 0.01,
            clip: ClipKind::Norm,
            clip_limit: 1.0,
            cut: CutKind::Off,
            window: 10,
            every: 5,
            carried: false,
            omega: 0.0,
            // With 1 the first step would be hidden in it.
            noise: 0.2,
            shortest_period: 8.0,
            longest_period: 32.0,
            precision: Precision::Single,
            speed: 0,
        }
    }
}

impl TrainSettings {
    /// Whether a cell is in the race.
    pub fn races(&self, cell: Cell) -> bool {
        match cell {
            Cell::Rnn => self.rnn,
            Cell::Lstm => self.lstm,
            Cell::Gru => self.gru,
        }
    }

    /// The cells in the race, in the order of the page.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        CELLS.iter().copied().filter(|cell| self.races(*cell))
    }

    /// At least one cell races, and the one in focus does.
    pub fn normalise(&mut self) {
        if self.cells().next().is_none() {
            self.lstm = true;
        }
        if !self.races(self.focus) {
            let first = self.cells().next();
            self.focus = first.unwrap_or(Cell::Lstm);
        }
        self.longest_period = self.longest_period.max(self.shortest_period);
    }

    /// Clipping as the engine has it.
    pub fn clipping(&self) -> Clip {
        match self.clip {
            ClipKind::Off => Clip::Off,
            ClipKind::Norm => Clip::Norm(self.clip_limit),
            ClipKind::Value => Clip::Value(self.clip_limit),
        }
    }

    /// Truncation as the engine has it.
    pub fn truncation(&self) -> Truncation {
        match self.cut {
            CutKind::Off => Truncation::Off,
            CutKind::Window => Truncation::Window(self.window),
            CutKind::Stretches => Truncation::Stretches { every: self.every, back: self.window },
        }
    }

    /// The same settings with everything that runs take over at once, or that only the view has, at its default: two settings that agree
    /// here need no restart between them.
    pub fn until_restart(&self) -> Self {
        let default = Self::default();
        Self {
            focus: default.focus,
            learning_rate: default.learning_rate,
            clip: default.clip,
            clip_limit: default.clip_limit,
            cut: default.cut,
            window: default.window,
            every: default.every,
            speed: default.speed,
            // What is not read decides nothing.
            text: if self.task == TaskKind::Characters { self.text.clone() } else { default.text },
            noise: if self.task == TaskKind::Latch { self.noise } else { default.noise },
            shortest_period: if self.task == TaskKind::Sine { self.shortest_period } else { default.shortest_period },
            longest_period: if self.task == TaskKind::Sine { self.longest_period } else { default.longest_period },
            ..self.clone()
        }
    }

    /// The task.
    ///
    /// # Errors
    /// The text cannot be learned from.
    pub fn task(&self) -> Result<Task, TrainError> {
        let steps = self.length;
        Ok(match self.task {
            TaskKind::Adding => Task::Adding { steps },
            TaskKind::CopyMemory => Task::CopyMemory { blanks: steps },
            TaskKind::TemporalOrder => Task::TemporalOrder { steps },
            TaskKind::Latch => Task::Latch { steps, noise: self.noise },
            TaskKind::Sine => Task::Sine { steps, shortest_period: self.shortest_period, longest_period: self.longest_period },
            TaskKind::Characters => {
                // A state that is carried over belongs to the place before.
                let order = if self.carried { CharacterOrder::Contiguous } else { CharacterOrder::Random };
                Task::Characters(Characters::new(&self.text, steps, order)?)
            }
        })
    }

    /// The run of a cell.
    ///
    /// # Errors
    /// As the engine's [`Config::validate`].
    pub fn config(&self, cell: Cell) -> Result<Config, TrainError> {
        let config = Config {
            task: self.task()?,
            loss_at: self.loss_at,
            batch_size: self.batch_size,
            cell,
            activation: self.activation,
            hidden_size: self.hidden_size,
            initialiser: self.initialiser,
            gain: self.gain,
            // Chrono sets the gate biases itself.
            forget_bias: (self.initialiser != Initialiser::Chrono).then_some(self.forget_bias),
            seed: self.seed,
            optimiser: OPTIMISERS.get(self.optimiser).copied().unwrap_or(Optimiser::ADAM),
            learning_rate: self.learning_rate,
            clip: self.clipping(),
            truncation: self.truncation(),
            omega: if cell == Cell::Rnn { self.omega } else { 0.0 },
            carry_state: self.carried,
            observe: true,
            precision: self.precision,
        };
        config.validate()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_accepted_for_every_cell() {
        for task in [TaskKind::Adding, TaskKind::CopyMemory, TaskKind::TemporalOrder, TaskKind::Latch, TaskKind::Sine, TaskKind::Characters]
        {
            for cell in CELLS {
                assert!(TrainSettings { task, ..TrainSettings::default() }.config(cell).is_ok(), "{task:?} {cell:?}");
            }
        }
    }

    #[test]
    fn learning_rate_clipping_truncation_and_the_view_need_no_restart() {
        let default = TrainSettings::default();
        let live = TrainSettings {
            learning_rate: 0.5,
            clip: ClipKind::Off,
            clip_limit: 3.0,
            cut: CutKind::Stretches,
            window: 4,
            every: 2,
            noise: 0.7,
            speed: 10,
            focus: Cell::Gru,
            text: "unread".into(),
            ..default.clone()
        };
        assert_eq!(live.until_restart(), default.until_restart());
        for other in [
            TrainSettings { hidden_size: 8, ..default.clone() },
            TrainSettings { omega: 0.5, ..default.clone() },
            TrainSettings { carried: true, ..default.clone() },
        ] {
            assert_ne!(other.until_restart(), default.until_restart());
        }
    }

    #[test]
    fn the_regulariser_is_the_plain_cells_and_a_carried_state_reads_on() {
        let settings = TrainSettings { omega: 2.0, carried: true, task: TaskKind::Characters, ..TrainSettings::default() };
        assert_eq!(settings.config(Cell::Rnn).map(|config| config.omega), Ok(2.0));
        assert_eq!(settings.config(Cell::Gru).map(|config| (config.omega, config.carry_state)), Ok((0.0, true)));
        assert!(matches!(settings.task(), Ok(Task::Characters(text)) if text.order() == CharacterOrder::Contiguous));
    }

    #[test]
    fn a_race_without_cells_or_with_a_focus_outside_it_is_mended() {
        let mut settings = TrainSettings { rnn: false, lstm: false, gru: false, ..TrainSettings::default() };
        settings.normalise();
        assert!(settings.lstm);
        let mut settings = TrainSettings { lstm: false, ..TrainSettings::default() };
        settings.normalise();
        assert_eq!(settings.focus, Cell::Rnn);
    }
}
