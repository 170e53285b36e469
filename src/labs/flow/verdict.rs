//! The verdict strip: a column a shown cell, in words and in four figures.

use leptos::prelude::*;
use unroll_engine::verdict::Regime;
use unroll_engine::{Analysis, Cell};

use super::context::Flow;
use super::words;
use crate::charts::TableModel;
use crate::labs::cells::cell_class;
use crate::shell::figure::Figure;
use crate::shell::panel::{PanelMenu, Slot};

/// The figures of one cell as text: growth per step, half-life (or doubling time), horizon.
struct Figures {
    growth: String,
    rate_name: &'static str,
    rate: String,
    horizon: String,
}

fn figures(analysis: &Analysis, level: f64) -> Figures {
    let verdict = &analysis.verdict;
    let in_steps = |v: f64| format!("{} steps", words::steps(v));
    let (rate_name, rate) = match (verdict.half_life, verdict.doubling_time) {
        (Some(half), _) => ("half-life", in_steps(half)),
        (_, Some(double)) => ("doubles in", in_steps(double)),
        _ => ("half-life", "none".to_owned()),
    };
    let reach = analysis.horizon(level);
    let horizon = if reach >= analysis.seq_len { format!("all {reach} steps") } else { format!("{reach} steps") };
    Figures { growth: format!("×{}", words::growth(verdict.growth_per_step)), rate_name, rate, horizon }
}

fn regime_class(regime: Regime) -> &'static str {
    match regime {
        Regime::Vanishing => "word regime-vanishing",
        Regime::Stable => "word regime-stable",
        Regime::Exploding => "word regime-exploding",
    }
}

fn overflow_note(analysis: &Analysis) -> Option<String> {
    analysis
        .overflow_at
        .map(|step| format!("The state exceeds the largest double at step {step}; the figures cover the {} steps before it.", step - 1))
}

/// The strip.
#[component]
pub fn VerdictStrip(of: Slot, flow: Flow) -> impl IntoView {
    let shown = move || flow.analyses.get().iter().map(|(cell, _)| cell).collect::<Vec<_>>();
    let columns = move || format!("--columns: {}", flow.analyses.with(|a| a.iter().count()));
    let table = Signal::derive(move || table(flow));
    view! {
        <section class="verdict wide" class:folded=move || of.folded.get() data-panel=of.id aria-labelledby="panel-verdict" style=columns>
            <h2 id="panel-verdict" class="visually-hidden">{of.title}</h2>
            <PanelMenu of/>
            <For each=shown key=|cell| words::cell_name(*cell) let:cell>
                <VerdictColumn flow=flow cell=cell/>
            </For>
            <Figure of name="Verdict" table>""</Figure>
        </section>
    }
}

#[component]
fn VerdictColumn(flow: Flow, cell: Cell) -> impl IntoView {
    let of = move |read: &dyn Fn(&Analysis) -> String| flow.analyses.with(|a| a.get(cell).map(|a| read(a)).unwrap_or_default());
    // The pinned state need not show the cell.
    let of_ghost = move |read: &dyn Fn(&Analysis) -> String| flow.ghost.with(|a| a.get(cell).map_or_else(|| "–".to_owned(), |a| read(a)));
    let name = move || flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()));
    let level = move || flow.settings.with(|s| s.horizon_level);
    let regime = move || flow.analyses.with(|a| a.get(cell).map_or(Regime::Stable, |a| a.verdict.regime));
    view! {
        <article class=cell_class(cell) data-cell=words::cell_name(cell)>
            <div class="line-1">
                <span class="cell-name">{words::cell_name(cell)}</span>
                <span class=move || regime_class(regime()) data-regime=move || words::regime_word(regime())>
                    <span aria-hidden="true">{move || words::regime_mark(regime())} " "</span>
                    {move || words::regime_word(regime())}
                </span>
            </div>
            <dl class="figures">
                <div title="exp(λ₁): how the largest perturbation grows in one step, over the whole sequence. Vanishing below 0.99, exploding above 1.01.">
                    <dt>"growth per step"</dt>
                    <dd>{move || of(&|a| growth_text(a))}</dd>
                </div>
                <div title="Steps in which the fitted gradient norm falls by half (or doubles).">
                    <dt>{move || of(&|a| figures(a, level()).rate_name.to_owned())}</dt>
                    <dd>{move || of(&|a| figures(a, level()).rate)}</dd>
                </div>
                <div title="The largest lag at which ‖∂s_T/∂s_k‖ is still at or above the horizon level.">
                    <dt>"horizon"</dt>
                    <dd>{move || of(&|a| figures(a, level()).horizon)}</dd>
                </div>
            </dl>
            <Show when=move || flow.pin.with(Option::is_some)>
                <dl class="figures ghost">
                    <div><dt class="state">{name}</dt><dd class="regime">{move || of_ghost(&|a| words::regime_word(a.verdict.regime).to_owned())}</dd></div>
                    <div><dt>"growth per step"</dt><dd>{move || of_ghost(&growth_text)}</dd></div>
                    <div>
                        <dt>{move || of_ghost(&|a| figures(a, level()).rate_name.to_owned())}</dt>
                        <dd>{move || of_ghost(&|a| figures(a, level()).rate)}</dd>
                    </div>
                    <div><dt>"horizon"</dt><dd>{move || of_ghost(&|a| figures(a, level()).horizon)}</dd></div>
                </dl>
            </Show>
            <p class="sentence">{move || of(&|a| words::verdict_sentence(a))} {move || of(&|a| overflow_note(a).map(|n| format!(" {n}")).unwrap_or_default())}</p>
        </article>
    }
}

fn growth_text(analysis: &Analysis) -> String {
    format!("×{}", words::growth(analysis.verdict.growth_per_step))
}

fn table(flow: Flow) -> TableModel {
    let level = flow.settings.with(|s| s.horizon_level);
    let row = |name: String, analysis: &Analysis| {
        let f = figures(analysis, level);
        let rank = analysis.verdict.effective_rank;
        vec![
            name,
            words::regime_word(analysis.verdict.regime).to_owned(),
            f.growth,
            format!("{} {}", f.rate_name, f.rate),
            f.horizon,
            rank.map_or_else(|| "refining…".to_owned(), |rank| format!("{rank:.2} of {}", analysis.state_size)),
        ]
    };
    let live = flow.analyses.get();
    let mut rows: Vec<Vec<String>> = live.iter().map(|(cell, analysis)| row(words::cell_name(cell).to_owned(), analysis)).collect();
    if let Some(pin) = flow.pin.get() {
        let ghost = flow.ghost.get();
        rows.extend(ghost.iter().map(|(cell, analysis)| row(format!("{}: {}", pin.name, words::cell_name(cell)), analysis)));
    }
    let columns = [
        "cell".to_owned(),
        "verdict".to_owned(),
        "growth per step exp(λ₁)".to_owned(),
        "half-life".to_owned(),
        format!("horizon at {:.4}%", 100.0 * level),
        "effective rank of ∂s_T/∂s_0".to_owned(),
    ];
    TableModel { caption: "Verdict per cell".to_owned(), columns: columns.to_vec(), rows }
}
