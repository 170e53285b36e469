//! The verdict strip: a column a shown cell, in words and in four figures.

use leptos::prelude::*;
use unroll_engine::verdict::{Fate, Limits};
use unroll_engine::{Analysis, Cell};

use crate::charts::TableModel;
use crate::labs::cells::cell_class;
use crate::labs::flow::claims::{fate_mark, fate_word, Figures, VerdictClaim};
use crate::labs::flow::context::Flow;
use crate::labs::flow::demand::on_demand;
use crate::labs::flow::mechanism::Explained;
use crate::labs::flow::settings::Settings;
use crate::labs::flow::words;
use crate::shell::figure::Figure;
use crate::shell::panel::{PanelMenu, Slot};

/// The class of the word for a fate.
pub fn fate_class(fate: Fate) -> &'static str {
    match fate {
        Fate::Dead => "word fate-dead",
        Fate::Vanishes => "word fate-vanishes",
        Fate::Fades => "word fate-fades",
        Fate::Keeps => "word fate-keeps",
        Fate::Grows => "word fate-grows",
        Fate::Explodes => "word fate-explodes",
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
    let table = Signal::derive(move || on_demand().map(|it| (it.verdict_table)(flow)).unwrap_or_default());
    view! {
        <section class="verdict wide" class:folded=move || of.folded.get() data-panel=of.id aria-labelledby="panel-verdict" style=columns>
            <h2 id="panel-verdict" class="visually-hidden">{of.title}</h2>
            <PanelMenu of/>
            <For each=shown key=|cell| words::cell_name(*cell) let:cell>
                <VerdictColumn flow=flow cell=cell/>
            </For>
            <Figure of name="Verdict" table>""</Figure>
            {(!of.embedded).then(|| view! { <details class="why"><summary>"Why gradients vanish, in four points"</summary><Explained/></details> })}
        </section>
    }
}

#[component]
fn VerdictColumn(flow: Flow, cell: Cell) -> impl IntoView {
    let of = move |read: &dyn Fn(&Analysis) -> String| flow.analyses.with(|a| a.get(cell).map(|a| read(a)).unwrap_or_default());
    // The pinned state need not show the cell.
    let of_ghost = move |read: &dyn Fn(&Analysis) -> String| flow.ghost.with(|a| a.get(cell).map_or_else(|| "–".to_owned(), |a| read(a)));
    let name = move || flow.pin.with(|pin| pin.as_ref().map(|pin| pin.name.clone()));
    let (level, limits) = (move || flow.settings.with(|s| s.horizon_level), move || flow.settings.with(Settings::limits));
    let fate = move || flow.analyses.with(|a| a.get(cell).map_or(Fate::Keeps, |a| a.left.fate(limits())));
    let figures = move |a: &Analysis| Figures::of(&a.left, level());
    view! {
        <article class=cell_class(cell) data-cell=words::cell_name(cell)>
            <div class="line-1">
                <span class="cell-name">{words::cell_name(cell)}</span>
                <span class=move || fate_class(fate()) data-fate=move || fate_word(fate())>
                    <span aria-hidden="true">{move || fate_mark(fate())} " "</span>
                    {move || fate_word(fate())}
                </span>
            </div>
            <dl class="figures">
                <div title=move || limits_sentence(limits())>
                    <dt>"left"</dt>
                    <dd>{move || of(&|a| figures(a).left)}</dd>
                </div>
                <div title="What is left, to the power 1/lag: the factor per step that leads there.">
                    <dt>"per step"</dt>
                    <dd>{move || of(&|a| figures(a).growth)}</dd>
                </div>
                <div title="The first lag from which less than half is left for good (or more than twice as much).">
                    <dt>{move || of(&|a| figures(a).rate_name.to_owned())}</dt>
                    <dd>{move || of(&|a| figures(a).rate)}</dd>
                </div>
                <div title="The largest lag at which the horizon level is still left.">
                    <dt>"horizon"</dt>
                    <dd>{move || of(&|a| figures(a).horizon)}</dd>
                </div>
            </dl>
            <Show when=move || flow.pin.with(Option::is_some)>
                <dl class="figures ghost">
                    <div><dt class="state">{name}</dt><dd class="regime">{move || of_ghost(&|a| fate_word(a.left.fate(limits())).to_owned())}</dd></div>
                    <div><dt>"left"</dt><dd>{move || of_ghost(&|a| figures(a).left)}</dd></div>
                    <div><dt>"per step"</dt><dd>{move || of_ghost(&|a| figures(a).growth)}</dd></div>
                    <div>
                        <dt>{move || of_ghost(&|a| figures(a).rate_name.to_owned())}</dt>
                        <dd>{move || of_ghost(&|a| figures(a).rate)}</dd>
                    </div>
                    <div><dt>"horizon"</dt><dd>{move || of_ghost(&|a| figures(a).horizon)}</dd></div>
                </dl>
            </Show>
            <p class="sentence">{move || of(&|a| VerdictClaim::of(a, limits()).text())} {move || of(&|a| overflow_note(a).map(|n| format!(" {n}")).unwrap_or_default())}</p>
        </article>
    }
}

/// Where each word begins, for the help.
fn limits_sentence(limits: Limits) -> String {
    let (vanishes, keeps) = (words::share(limits.vanishes.log10()), words::share(limits.keeps.log10()));
    let (grows, explodes) = (words::times(-limits.keeps.log10()), words::times(-limits.vanishes.log10()));
    format!(
        "What is left of the loss’s gradient at the first state. Vanishes: below {vanishes}. Fades: below {keeps}. Keeps: up to {grows}. \
         Grows: up to {explodes}. Explodes: above. Dead: exactly zero from some lag on."
    )
}

/// The figures of every cell, with the pinned state's.
pub fn table(flow: Flow) -> TableModel {
    let (level, limits) = flow.settings.with(|s| (s.horizon_level, s.limits()));
    let row = |name: String, analysis: &Analysis| {
        let f = Figures::of(&analysis.left, level);
        let worst = analysis
            .worst_case()
            .map_or_else(|| "–".to_owned(), |worst| format!("{} ({})", words::share(worst.log10_left()), fate_word(worst.fate(limits))));
        let rank = analysis.effective_rank;
        vec![
            name,
            fate_word(analysis.left.fate(limits)).to_owned(),
            f.left,
            f.growth,
            format!("{} {}", f.rate_name, f.rate),
            f.horizon,
            worst,
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
        "left at the first state".to_owned(),
        "growth per step".to_owned(),
        "half-life or doubling".to_owned(),
        format!("horizon at {}", words::share(level.log10())),
        "worst case over all losses".to_owned(),
        "effective rank of ∂s_T/∂s_0".to_owned(),
    ];
    TableModel { caption: "Verdict per cell".to_owned(), columns: columns.to_vec(), rows }
}
