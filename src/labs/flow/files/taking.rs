//! What becomes of a file's bytes.

use leptos::prelude::*;
use unroll_formats::{open, Missing, Opened};

use super::importer::{Importer, Pending};
use super::model::{self, Source};

/// Takes bytes under a name: straight in, or into the dialog.
pub fn take(importer: Importer, name: &str, bytes: &[u8]) {
    let settings = importer.store.settings.get_untracked();
    let name_of = || name.to_owned();
    let source = match open(bytes) {
        Err(error) => return importer.refuse(name, &error.to_string()),
        Ok(Opened::Experiment(problem, assumptions)) => {
            return importer.settle(name, model::with_experiment(&settings, name, &problem, &assumptions));
        }
        Ok(Opened::Model(file)) if model::is_ambiguous(&file) => return importer.ask(Pending::Model { name: name_of(), file }),
        Ok(Opened::Model(file)) => {
            return importer.settle(name, model::with_model(&settings, name, &file, model::Choice::of(&file, 0)));
        }
        Ok(Opened::Text(text)) if model::is_table_name(name) => return importer.refuse(name, &text.not_a_table.to_string()),
        Ok(Opened::Text(text)) => return importer.ask(Pending::Text { name: name_of(), text }),
        Ok(Opened::Table(table)) => Source::Table(table),
        Ok(Opened::Arrays(arrays)) => Source::Arrays(arrays),
    };
    let wanted = model::wanted_width(&settings);
    match source.candidate(source.guess(wanted)) {
        Err(error) => importer.refuse(name, &error.to_string()),
        Ok(candidate) if model::goes_in(&candidate, wanted) => {
            let columns: Vec<usize> = (0..candidate.columns.len()).collect();
            let imported = model::with_sequence(&settings, name, &candidate, &columns, Missing::LeaveRowsOut, false);
            importer.settle(name, imported);
        }
        Ok(_) => importer.ask(Pending::Sequence { name: name_of(), source }),
    }
}
