//! The options of the choices, in the order of the values they stand for.

use crate::form::row::{option, ChoiceOption};

pub static TASKS: &[ChoiceOption] = &[
    option("adding", "Adding", "Two of many numbers are marked; their sum is asked for at the end."),
    option("copy", "Copy memory", "Ten symbols have to be written again after a wait."),
    option("order", "Temporal order", "Which of two hidden letters came first."),
    option("latch", "Latch", "The sign of the first step, after nothing but noise."),
    option("sine", "Sine", "The next value of a sine."),
    option("text", "Characters", "The next character of a text."),
];

pub static LOSSES: &[ChoiceOption] = &[
    option("task", "as the task has it", "At the end, or at every step, as the task asks."),
    option("end", "last step", "At the last step alone."),
    option("every", "every step", "At every step (target replication, Lipton et al. 2016)."),
];

pub static CLIPS: &[ChoiceOption] = &[
    option("off", "off", "The gradient is used as it is."),
    option("norm", "norm", "A gradient that is longer than the threshold is shortened to it (Pascanu et al. 2013)."),
    option("value", "value", "Every element is moved into ± the threshold."),
];

pub static CUTS: &[ChoiceOption] = &[
    option("off", "off", "The gradient goes back to the first step."),
    option("on", "window", "The gradient goes back from the end as many steps as the window has."),
    option("k1k2", "stretches", "Truncated backpropagation with k1 and k2 (Williams & Peng 1990): every k1 steps, k2 steps back."),
];

pub static STARTS: &[ChoiceOption] = &[
    option("zero", "from zero", "Every sequence starts from zero states."),
    option("on", "carried over", "A sequence starts from the states in which the one before it in the batch ended."),
];

pub static OPTIMISER_OPTIONS: &[ChoiceOption] = &[
    option("sgd", "SGD", "Stochastic gradient descent."),
    option("momentum", "SGD, momentum 0.9", "Gradient descent that keeps nine tenths of its last step."),
    option("adam", "Adam", "Kingma & Ba 2015."),
    option("rmsprop", "RMSprop", "Hinton’s lecture 6e."),
];

pub static PRECISIONS: &[ChoiceOption] = &[
    option("64", "float64", "Both passes in double precision, as every number in Flow."),
    option(
        "32",
        "float32",
        "Both passes in single precision, two and a half times as fast; weights, optimiser and loss stay in double precision.",
    ),
];

pub static SPEEDS: &[ChoiceOption] = &[
    option("full", "full", "As fast as this computer."),
    option("1", "1", "One step a second."),
    option("10", "10", "Ten steps a second."),
    option("100", "100", "A hundred steps a second."),
];
