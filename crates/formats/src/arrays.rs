//! Arrays that a sequence can be: of an .npy file, or several of an .npz.

use crate::candidate::{check_values, Candidate, Column, LeftOut};
use crate::error::{listed, shown, ErrorKind, FormatError};
use crate::npy::{self, shape_text, Array};
use crate::sequence;
use crate::zip::Archive;

/// The arrays of a file that a sequence can be, at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayFile {
    /// The arrays.
    pub arrays: Vec<Array>,
    /// What else is in the file, and why it is no sequence.
    pub left_out: Vec<LeftOut>,
}

impl ArrayFile {
    /// The one array of an .npy file.
    ///
    /// # Errors
    /// The file is no sound .npy file, or holds another kind of array.
    pub(crate) fn of_npy(bytes: &[u8]) -> Result<Self, FormatError> {
        let array = npy::array("", bytes)?;
        let file = Self { arrays: vec![array], left_out: Vec::new() };
        // A number that is not finite is refused at once.
        file.candidate(0, false)?;
        Ok(file)
    }

    /// Every array of an .npz file that a sequence can be.
    ///
    /// # Errors
    /// None of them can be, with the first one's sentence.
    pub(crate) fn of_npz(archive: &Archive<'_>) -> Result<Self, FormatError> {
        let (mut file, mut first) = (Self { arrays: Vec::new(), left_out: Vec::new() }, None);
        for entry in archive.entries() {
            let Some(name) = entry.name.strip_suffix(".npy") else { continue };
            let read = archive.read(entry).and_then(|bytes| npy::array(name, &bytes));
            let read = read.and_then(|array| array.columns(false).map(|_| array));
            match read {
                Ok(array) => file.arrays.push(array),
                Err(error) => {
                    file.left_out.push(LeftOut { name: name.to_string(), sentence: format!("{}: {error}", shown(name)) });
                    first.get_or_insert(error);
                }
            }
        }
        if !file.arrays.is_empty() {
            return Ok(file);
        }
        let names = listed(archive.entries().iter().map(|entry| entry.name.as_str()));
        Err(first.unwrap_or_else(|| {
            FormatError::new(ErrorKind::OtherFormat, format!("The archive has no array ({names}); .npy files in it are accepted."))
        }))
    }

    /// What an array is as a sequence, or with its two axes exchanged.
    ///
    /// # Errors
    /// There is no such array, or a number of it is not finite.
    pub fn candidate(&self, index: usize, transposed: bool) -> Result<Candidate, FormatError> {
        let array =
            self.arrays.get(index).ok_or_else(|| FormatError::mismatch("There is no such array; one of those listed is accepted."))?;
        let columns = array.columns(transposed)?;
        let rows = columns.first().map_or(0, |column| column.values.len());
        let mut assumptions = Vec::new();
        if let [_, _, _] = array.shape.as_slice() {
            assumptions.push(format!("The array {} is read as one sequence of {rows} steps.", shape_text(&array.shape)));
        }
        if transposed {
            assumptions.push(format!("The array {} is read transposed: its second axis is time.", shape_text(&array.shape)));
        }
        let asks = array.asks_transposition() || self.arrays.len() > 1;
        let others = self.arrays.iter().enumerate().filter(|(other, _)| *other != index);
        let not_chosen =
            others.map(|(_, other)| LeftOut { name: other.name.clone(), sentence: format!("The array {} is not chosen.", other.words()) });
        let left_out = not_chosen.chain(self.left_out.iter().cloned()).collect();
        Ok(Candidate::new(columns, (1..=rows).collect(), left_out, assumptions, asks))
    }
}

impl Array {
    fn columns(&self, transposed: bool) -> Result<Vec<Column>, FormatError> {
        let (steps, width) = self.sizes()?;
        let (steps, width, step, next) = if transposed { (width, steps, 1, width) } else { (steps, width, width, 1) };
        sequence::check_sizes(steps, width)?;
        let values = |column: usize| self.values.iter().skip(column * next).step_by(step.max(1)).take(steps).copied().collect::<Vec<f64>>();
        let names = sequence::numbered(width);
        let columns: Vec<Column> = names.into_iter().enumerate().map(|(index, name)| Column::complete(name, values(index))).collect();
        check_values(&columns)?;
        Ok(columns)
    }
}
