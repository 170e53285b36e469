//! The traces of `fixtures/lineage`: one JSON object a file, as its README describes it.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One file.
pub struct Fixture {
    pub file: String,
    pub json: Value,
}

/// The folder in `UNROLL_LINEAGE_FIXTURES`, or the project's own.
pub fn folder() -> PathBuf {
    std::env::var_os("UNROLL_LINEAGE_FIXTURES").map_or_else(own_folder, PathBuf::from)
}

/// The project's own folder.
pub fn own_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lineage")
}

/// Every trace in a folder, in the order of the names.
pub fn all(folder: &Path) -> Vec<Fixture> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let json = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("{file}: {e}"));
        Fixture { file, json }
    };
    paths.into_iter().map(read).collect()
}

/// All numbers of a nested array in order; null, which stands for the logarithm of exactly zero, becomes −∞.
pub fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        Value::Null => vec![f64::NEG_INFINITY],
        number => vec![number.as_f64().unwrap_or_else(|| panic!("not a number: {number}"))],
    }
}

/// The entries of an object, complex ones `{re, im}` as two entries `name.re` and `name.im`.
pub fn entries(object: &Value) -> Vec<(String, &Value)> {
    let object = object.as_object().expect("an object");
    object
        .iter()
        .flat_map(|(name, value)| match (value.get("re"), value.get("im")) {
            (Some(re), Some(im)) => vec![(format!("{name}.re"), re), (format!("{name}.im"), im)],
            _ => vec![(name.clone(), value)],
        })
        .collect()
}

impl Fixture {
    /// The kind of model; `bi_` before it for two directions.
    pub fn kind(&self) -> String {
        let kind = self.word("kind").unwrap_or_else(|| panic!("{}: the model has no kind", self.file));
        let two_directions = self.json["model"]["bidirectional"].as_bool() == Some(true);
        format!("{}{kind}", if two_directions { "bi_" } else { "" })
    }

    /// A hyperparameter that is a count.
    pub fn size(&self, key: &str) -> usize {
        let number = self.json["model"][key].as_u64().unwrap_or_else(|| panic!("{}: model.{key} is no count", self.file));
        usize::try_from(number).unwrap()
    }

    /// A hyperparameter that is a word; `None` for null or where there is none.
    pub fn word(&self, key: &str) -> Option<&str> {
        self.json["model"][key].as_str()
    }

    /// A hyperparameter that is yes or no.
    pub fn flag(&self, key: &str) -> bool {
        self.json["model"][key].as_bool().unwrap_or_else(|| panic!("{}: model.{key} is neither true nor false", self.file))
    }

    /// A weight's numbers, row-major; `C.re` and `C.im` are the parts of a complex C.
    pub fn weight(&self, name: &str) -> Vec<f64> {
        self.find_weight(name).unwrap_or_else(|| panic!("{}: there is no weight {name}", self.file))
    }

    /// The same; `None` where there is none.
    pub fn find_weight(&self, name: &str) -> Option<Vec<f64>> {
        entries(&self.json["weights"]).into_iter().find(|(n, _)| n == name).map(|(_, value)| flat(value))
    }

    /// The input, `[T][d]`.
    pub fn x(&self) -> Vec<f64> {
        flat(&self.json["x"])
    }

    /// The targets of an encoder–decoder.
    pub fn targets(&self) -> Vec<usize> {
        flat(&self.json["targets"]).into_iter().map(|t| t as usize).collect()
    }
}
