//! The register of labs: what the bar names and what the address leads to. It knows no lab's code, so that a page of one lab carries none of
//! another's.

/// A lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lab {
    /// The path below the app's folder; nothing for the first one.
    pub route: &'static str,
    /// As the bar names it.
    pub name: &'static str,
    /// The title of its page.
    pub title: &'static str,
    /// The two sentences under its page: how far numbers can be trusted, and the keys.
    pub foot: [&'static str; 2],
}

/// One forward and one backward pass, taken apart.
pub const FLOW: Lab = Lab {
    route: "",
    name: "Flow",
    title: "Unroll: see gradients vanish or explode, live",
    foot: [
        "Every number is computed in your browser, in float64, and checked against PyTorch.",
        "Keys: ← → Home End move the cursor, Space plays the backward pass, Esc unpins, P keeps the state to compare with, L copies a link, Ctrl+Z undoes.",
    ],
};

/// The cells race on the same batches.
pub const TRAIN: Lab = Lab {
    route: "train",
    name: "Train",
    title: "Train · Unroll: watch the gradient while the net learns",
    foot: [
        "Every number is computed in your browser and checked against PyTorch.",
        "Keys: Space starts and pauses, S takes a step, ← → Home End choose a checkpoint, L copies a link, Ctrl+Z undoes.",
    ],
};

/// One question to every sequence model.
pub const LINEAGE: Lab = Lab {
    route: "lineage",
    name: "Lineage",
    title: "Lineage · Unroll: how much gradient reaches back, from the RNN to Mamba",
    foot: [
        "Every number is computed in your browser, in float64, and checked against PyTorch. No net on this page is trained.",
        "Keys: on a chart ← → Home End move the cursor; L copies a link, Ctrl+Z undoes.",
    ],
};

/// All of them, in the order of the bar.
pub const LABS: [&Lab; 3] = [&FLOW, &TRAIN, &LINEAGE];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lab_has_a_page_that_is_named_for_its_route() {
        let (bins, built) = (std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pages/src/bin"), include_str!("../../index.html"));
        for lab in LABS {
            let name = lab.name.to_ascii_lowercase();
            assert!(bins.join(format!("unroll-{name}.rs")).is_file() && built.contains(&format!("data-bin=\"unroll-{name}\"")), "{name}");
            assert!(lab.route.is_empty() || lab.route == name);
        }
    }
}
