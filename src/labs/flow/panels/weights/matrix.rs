//! A block of weights as text: what is pasted over it and copied from it.

use super::model::{parse, Block};

/// A matrix as tables and programs write it: a row a line, or in brackets as NumPy and PyTorch print it; tabs, semicolons, commas or spaces
/// between the numbers, where the first two stand beside decimal commas.
///
/// # Errors
/// A sentence that names the first entry that is no number, or the rows that differ in length.
pub fn parse_matrix(text: &str) -> Result<Vec<Vec<f64>>, String> {
    let inner = match (text.find('['), text.rfind(']')) {
        (Some(from), Some(to)) if from < to => &text[from..=to],
        _ => text,
    };
    let ends: &[char] = if inner.starts_with('[') { &[']'] } else { &['\n', '\r'] };
    let split_at: fn(char) -> bool = match inner {
        _ if inner.contains(['\t', ';']) => |c| matches!(c, '\t' | ';'),
        _ if inner.contains(',') => |c| c == ',' || c.is_whitespace(),
        _ => char::is_whitespace,
    };
    let entries = |row: &str| row.split(split_at).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let rows = inner.split(ends).map(|row| entries(&row.replace('[', ""))).filter(|row| !row.is_empty());
    let numbers = |(row, entries): (usize, Vec<String>)| {
        let number = |(column, entry): (usize, &String)| parse(&format!("row {row}, column {column}"), entry);
        entries.iter().enumerate().map(number).collect::<Result<Vec<f64>, _>>()
    };
    let rows = rows.enumerate().map(numbers).collect::<Result<Vec<_>, _>>()?;
    let width = rows.first().map_or(0, Vec::len);
    match rows.iter().position(|row| row.len() != width) {
        _ if width == 0 => Err("The pasted text has no number; a matrix is a row a line.".to_owned()),
        Some(row) => {
            Err(format!("Row {row} of the pasted matrix has {} numbers and row 0 has {width}; all rows take as many.", rows[row].len()))
        }
        None => Ok(rows),
    }
}

/// Where a pasted matrix goes: over the whole block where it has its shape, else from the selected cell on. The indices and values.
///
/// # Errors
/// A sentence with both shapes where it does not fit.
pub fn placed(block: &Block, rows: &[Vec<f64>], selected: Option<(usize, usize)>) -> Result<Vec<(usize, f64)>, String> {
    let (height, width) = (rows.len(), rows.first().map_or(0, Vec::len));
    let (most, wide) = block.shape();
    let (top, left) = if (height, width) == (most, wide) { (0, 0) } else { selected.unwrap_or((0, 0)) };
    if top + height > most || left + width > wide {
        return Err(format!(
            "The pasted matrix is {height} × {width}, and {} is {most} × {wide}: it does not fit at row {top}, column {left}.",
            block.name()
        ));
    }
    let places = rows.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(j, value)| ((top + i, left + j), *value)));
    Ok(places.map(|(place, value)| (block.index(place), value)).collect())
}

/// The block as it is used, a row a line with tabs between the numbers: what spreadsheets and [`parse_matrix`] read.
pub fn as_text(block: &Block) -> String {
    let (rows, columns) = block.shape();
    let row = |row: usize| (0..columns).map(|column| block.value((row, column)).to_string()).collect::<Vec<_>>().join("\t");
    (0..rows).map(row).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use unroll_engine::{Cell, Parameter};

    use super::super::model::unedited;
    use super::*;
    use crate::labs::flow::settings::Settings;

    #[test]
    fn matrices_are_read_as_tables_and_programs_write_them() {
        let expected = vec![vec![0.5, 10.0], vec![0.0, -0.5]];
        let texts = [
            "0.5 10\n0 -0.5",
            "0.5\t10\r\n0\t−0.5\r\n",
            "0,5;10\n0;-0,5",
            "0.5, 10\n0, -0.5",
            "[[0.5, 10], [0, -0.5]]",
            "[[ 0.5 10. ]\n [ 0.  -0.5]]",
            "tensor([[ 5.0000e-01,  1.0000e+01],\n        [ 0.0000e+00, -5.0000e-01]], dtype=torch.float64)",
        ];
        for text in texts {
            assert_eq!(parse_matrix(text).as_ref(), Ok(&expected), "{text}");
        }
        let refused = [
            ("1 2\n3", "Row 1"),
            ("1 x", "“x” is not a number; row 0, column 1"),
            ("", "no number"),
            ("[]", "no number"),
            ("1 inf", "inf"),
        ];
        for (text, part) in refused {
            let sentence = parse_matrix(text).unwrap_err();
            assert!(sentence.contains(part), "{text}: {sentence}");
        }
    }

    #[test]
    fn a_pasted_matrix_covers_its_block_or_begins_at_the_selected_cell() {
        let settings = Settings { focus: Cell::Lstm, hidden_size: 3, ..Settings::default() };
        let base = Arc::new(unedited(&settings).weights().unwrap());
        let block = Block::new(&settings, base, Parameter::WeightHh, 1);
        let whole = parse_matrix(&as_text(&block)).unwrap();
        let places = placed(&block, &whole, Some((2, 2))).unwrap();
        assert_eq!(places.len(), 9);
        assert!(places.iter().all(|(index, value)| block.has(*index, *value)));
        assert_eq!(placed(&block, &[vec![7.0]], Some((2, 1))).unwrap(), vec![(block.index((2, 1)), 7.0)]);
        let sentence = placed(&block, &[vec![1.0, 2.0]], Some((0, 2))).unwrap_err();
        assert!(sentence.contains("1 × 2, and W_hh, forget gate f is 3 × 3"), "{sentence}");
    }
}
