//! Stories that these settings tell, and questions from public threads that a state of the page answers. Each holds (`tests/lineage_stories.rs`).

use super::settings::{only, Attends, LineageSettings, Match, Norms, Signal, View};
use crate::form::Preset;

fn of(words: &[&str]) -> LineageSettings {
    LineageSettings { models: only(words), ..LineageSettings::default() }
}

/// How many of them are stories.
const STORY_COUNT: usize = 7;
/// The stories, in order.
pub static STORIES: &[Preset<LineageSettings>] = PRESETS.split_at(STORY_COUNT).0;
/// The questions.
pub static QUESTIONS: &[Preset<LineageSettings>] = PRESETS.split_at(STORY_COUNT).1;

/// The stories and then the questions, with where these were asked.
pub static PRESETS: &[Preset<LineageSettings>] = &[
    Preset {
        id: "family",
        title: "The family",
        lesson: "Five untrained models read the same noise, and the loss is at the last step. A product of Jacobians forgets exponentially: fast in the RNN, slowly behind \
                 gates. Attention and a memory of polynomials hear the first input about as well as the last.",
        settings: LineageSettings::default,
    },
    Preset {
        id: "rnn-forgets",
        title: "RNN forgets",
        lesson: "A plain net multiplies the gradient by a Jacobian a step. At PyTorch's default weights less than a billionth is left after 30 steps, \
                 although Pascanu's bound (dotted) would let it grow: a bound is not a forecast.",
        settings: || of(&["rnn"]),
    },
    Preset {
        id: "gates-postpone",
        title: "Gates postpone",
        lesson: "A gate at bias b keeps σ(b) of the state a step (dotted). With b = 2 that is 88%: after 63 steps the LSTM still has about a hundredth and the GRU a \
                 thousandth, where the RNN has 10⁻²⁰. Move the keep bias: gates choose the speed of forgetting, they do not end it.",
        settings: || of(&["rnn", "lstm", "gru"]),
    },
    Preset {
        id: "bottleneck",
        title: "Bottleneck",
        lesson: "An encoder–decoder hands over one state, in which the source fades as in any GRU. Attention reads every encoder state directly: its curve stays within a \
                 factor of ten of flat, whatever the distance.",
        settings: || of(&["gru", "pair", "attention"]),
    },
    Preset {
        id: "minimal",
        title: "The gate alone",
        lesson: "minGRU and minLSTM drop the gate's look at the state. Their Jacobian is the diagonal of gates exactly, and the measured curve runs along the dotted \
                 product of gates: what was one path in the LSTM is all of it here.",
        settings: || of(&["lstm", "mingru", "minlstm"]),
    },
    Preset {
        id: "two-hippos",
        title: "Two HiPPOs",
        lesson: "HiPPO-LegS that varies in time hears the oldest input as well as the newest. S4 fixes the same matrix in time, and then it forgets as e^(−Δ·lag): \
                 two systems of one name.",
        settings: || LineageSettings { steps: 256, ..of(&["s4", "legs"]) },
    },
    Preset {
        id: "far",
        title: "1000 steps",
        lesson: "RNN, LSTM, minGRU, attention, S4 and the memory that varies in time over 1000 steps, with their theory dotted. Products of gates vanish; a sum over all steps \
                 and a memory of polynomials do not.",
        settings: || LineageSettings { steps: 1000, ..of(&["rnn", "lstm", "mingru", "attention", "s4", "legs"]) },
    },
    Preset {
        id: "ask-mingru",
        title: "Does minGRU handle vanishing gradients?",
        lesson: "It does what its gate says and nothing else: ∂h_T/∂h_k is ∏(1 − z) exactly. With the gate's bias at 0 it about halves every step, as you see; with b = 8 \
                 its best unit keeps more than 90% over 63 steps. (lucidrains/minGRU-pytorch, issue 8)",
        settings: || LineageSettings { keep: 0.0, ..of(&["mingru", "lstm"]) },
    },
    Preset {
        id: "ask-forget-bias",
        title: "Why start the forget bias at 1 or more?",
        lesson: "A gate at bias b keeps σ(b) a step: time constant 1 + eᵇ. At b = 0 that is two steps; at 1 it is 3.7, at 5 it is 149. The dotted line is σ(b)ˡ at lag ℓ. \
                 (pytorch/pytorch, issue 750)",
        settings: || LineageSettings { keep: 1.0, ..of(&["lstm"]) },
    },
    Preset {
        id: "ask-last-state",
        title: "What does the encoder's last state remember?",
        lesson: "Mostly the newest source steps. Without attention the gradient of the first source step has come through all of the encoder's steps: less than 1% of the \
                 newest one's arrives.",
        settings: || of(&["pair"]),
    },
    Preset {
        id: "ask-healthy",
        title: "∂L/∂W looks healthy. Has nothing vanished?",
        lesson: "It may all come from the last steps. The weight gradient is a sum over lags, and the newest terms keep it large while the gradient of the first \
                 input has vanished: read the curve at its far end. (see-rnn, issue 57)",
        settings: || LineageSettings { keep: 0.0, ..of(&["rnn", "gru"]) },
    },
    Preset {
        id: "ask-parameters",
        title: "Is it just that one model is larger?",
        lesson: "No. Here every model has as many units as fit into the parameters of an LSTM of 16 units, and the RNN still has less than 10⁻¹⁰ where the others \
                 have a thousandth.",
        settings: || LineageSettings { matched: Match::Parameters, ..of(&["rnn", "lstm", "gru", "mingru"]) },
    },
    Preset {
        id: "ask-generate",
        title: "Why can a bidirectional net not generate?",
        lesson: "Half of every output is read from the future. While a sequence is being written there is none; press Generate to see where it stops.",
        settings: || LineageSettings { view: View::Bidirectional, back: 31, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-attention",
        title: "Does attention end vanishing gradients?",
        lesson: "It adds a path of length one to every source step. Nearly all of the gradient of early source steps comes that way, and the state's \
                 own part vanishes as before.",
        settings: || LineageSettings { view: View::Attention, keep: 0.0, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-saturate",
        title: "Can attention saturate?",
        lesson: "Yes. ∂w/∂e = diag(w) − wwᵀ is at most ½ and goes to 0 as one weight takes all. Move the sharpness: at 0 all weights are 1/T; where one place has all, \
                 the scores learn nothing.",
        settings: || LineageSettings { view: View::Attention, sharpness: 300.0, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-two",
        title: "Are Bahdanau and Luong the same but for the score?",
        lesson: "No. Bahdanau asks with the state before the step and feeds the context into the cell; Luong asks with the new state, and the context meets \
                 it in front of the output.",
        settings: || LineageSettings { view: View::Attention, attends: Attends::Bahdanau, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-norms",
        title: "Why do transformers put their norms first?",
        lesson: "Without norms the gradient grows with every layer, here past a hundred times over 12. With norms after the sum, and with norms first, it keeps its \
                 size to within a factor of 10. Take the residuals away as well and the layers are a plain product again.",
        settings: || LineageSettings { view: View::Transformer, layers: 12, norms: Norms::Pre, hidden_size: 32, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-order",
        title: "Does a causal transformer need positions?",
        lesson: "One layer does: without them it sees which steps came before, not in which order. From the second layer on the mask itself gives the order away: add a \
                 layer and turn the past round.",
        settings: || LineageSettings { view: View::Transformer, layers: 1, positions: false, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-bbar",
        title: "Why is Mamba’s B̄ not the zero-order hold?",
        lesson: "The paper prints the hold, the code takes Euler’s step ΔB. The ratio is ΔA/(e^(ΔA) − 1): 1.05 at A = −1 and Δ = 0.1, 2.0 at A = −16. The scale of B and Δ \
                 is learnt, and takes up the difference. (state-spaces/mamba, issues 19, 114 and 129)",
        settings: || LineageSettings { view: View::Spectrum, spectrum: 2, step_rule: 2, hidden_size: 32, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-sign",
        title: "Why is A negative, and why −1, −2, … in Mamba?",
        lesson: "Left of the imaginary axis every state decays. S4D-Real has A = −1 … −N: no frequencies, and time constants from 1/Δ steps down to a part of it. The hold keeps \
                 Ā between 0 and 1; the bilinear rule turns fast ones negative. (state-spaces/mamba, issue 167)",
        settings: || LineageSettings { view: View::Spectrum, spectrum: 2, step_rule: 1, delta: 1.0, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-half",
        title: "Why does S4D store N/2 numbers and not N?",
        lesson: "The other half are their conjugates: a real output is twice the real part, and each pair counts once. (state-spaces/s4, issue 92)",
        settings: || LineageSettings { view: View::Spectrum, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-selects",
        title: "What does “selective” mean?",
        lesson: "Δ, B and C are made from the input: a character with a small Δ leaves the state alone, one with a large Δ overwrites it. However the steps fall, only the \
                 sum of Δ decides what is left. (state-spaces/mamba, issue 936)",
        settings: || LineageSettings { view: View::Selective, gain: 4.0, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-scan",
        title: "How can a recurrence run in parallel?",
        lesson: "Steps h ← a h + b combine to steps of the same kind, and that is associative: a tree does it in 2 log₂ T levels with twice the work. A gate that reads the state, \
                 as the LSTM’s does, has no such pairs. (vision-lstm, issue 9)",
        settings: || LineageSettings { view: View::Scan, level: 0, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-limits",
        title: "If nothing vanishes, is everything learnt?",
        lesson: "No. As λ goes to 1 the state becomes ever more sensitive to λ itself, and coefficients from 0 to 1 cannot keep a parity: where every bit turns the answer, an \
                 LSTM or a sign still wins.",
        settings: || LineageSettings { view: View::Limits, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-memory",
        title: "How much of the past fits into N numbers?",
        lesson: "Tones of up to about N/π cycles over the whole history. At 4 cycles 16 coefficients leave about 2% of a sine, at 6 more than half of it: the error is a cliff, and \
                 the step rule decides how near to it one comes.",
        settings: || LineageSettings { view: View::Memory, steps: 256, ..LineageSettings::default() },
    },
    Preset {
        id: "ask-euler",
        title: "Why does HiPPO's printed update blow up?",
        lesson: "Forward Euler with 1/k takes steps that are far too long while k is small: the coefficients pass through enormous numbers before they come back. \
                 Exact in log time, they stay of the size of the input.",
        settings: || LineageSettings { view: View::Memory, steps: 256, rule: 3, signal: Signal::Band, cycles: 3.0, ..LineageSettings::default() },
    },
];
