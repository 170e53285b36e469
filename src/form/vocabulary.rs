//! What several labs choose from: values of the engine with their words in a link, their names and their help.

use unroll_engine::{Activation, Cell, Initialiser};

use super::row::{option, ChoiceOption};

/// The cells in the order in which they are always listed.
pub const CELLS: [Cell; 3] = [Cell::Rnn, Cell::Lstm, Cell::Gru];

/// The options of [`CELLS`].
pub const CELL_OPTIONS: [ChoiceOption; 3] = [
    option("rnn", "RNN", "The plain recurrent net."),
    option("lstm", "LSTM", "The long short-term memory."),
    option("gru", "GRU", "The gated recurrent unit."),
];

/// The activations; those that nets are trained with come first.
pub const ACTIVATIONS: [Activation; 4] = [Activation::Tanh, Activation::Relu, Activation::Sigmoid, Activation::Identity];

/// The options of [`ACTIVATIONS`].
pub const ACTIVATION_OPTIONS: [ChoiceOption; 4] = [
    option("tanh", "tanh", "Slope 1 at 0, less everywhere else."),
    option("relu", "ReLU", "Slope 0 or 1; at 0 it is 0, as in PyTorch."),
    option("sigmoid", "sigmoid", "Slope at most 1/4."),
    option("identity", "linear", "No nonlinearity: the Jacobian is the weight matrix."),
];

/// The initialisers; those that nets are trained from come first.
pub const INITIALISERS: [Initialiser; 8] = [
    Initialiser::PytorchUniform,
    Initialiser::Xavier,
    Initialiser::He,
    Initialiser::Gaussian,
    Initialiser::Orthogonal,
    Initialiser::Identity,
    Initialiser::Chrono,
    Initialiser::Shear,
];

/// The options of [`INITIALISERS`].
pub const INITIALISER_OPTIONS: [ChoiceOption; 8] = [
    option("pytorch", "PyTorch uniform", "Everything uniform in ±1/√n, PyTorch's default."),
    option("xavier", "Xavier uniform", "Uniform in ±√(6/(fan in + fan out)) per gate (Glorot and Bengio 2010)."),
    option("he", "He normal", "Normal with variance 2/fan in (He et al. 2015)."),
    option("gaussian", "Gaussian g/√n", "Normal with variance 1/n; the gain is the g of random-network theory (Sompolinsky et al. 1988)."),
    option("orthogonal", "Orthogonal", "A random rotation or reflection per gate (Saxe et al. 2014)."),
    option("identity", "Identity (IRNN)", "The identity per gate (Le, Jaitly and Hinton 2015)."),
    option("chrono", "Chrono", "Gate biases spread over the time scales up to T (Tallec and Ollivier 2018)."),
    option("shear", "Shear (non-normal)", "1 on the diagonal, 10 above it: norms grow before the eigenvalues win."),
];
