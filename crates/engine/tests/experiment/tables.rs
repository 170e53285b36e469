use proptest::prelude::*;
use unroll_engine::signal::{ColumnChoice, Delimiter, Table, TablePreview};
use unroll_engine::{Experiment, Input};

fn first(text: &str) -> Vec<f64> {
    let table = Table::parse(text, &ColumnChoice::First).unwrap();
    assert_eq!(table.rows(), table.values.len());
    table.values
}

fn error(text: &str) -> String {
    Table::parse(text, &ColumnChoice::First).unwrap_err().to_string()
}

#[test]
fn a_header_is_optional() {
    let with = Table::parse("year,value\n1,2\n3,4\n", &ColumnChoice::First).unwrap();
    assert_eq!((with.columns, with.values), (vec!["year".to_string()], vec![1.0, 3.0]));
    let without = Table::parse("1,2\n3,4", &ColumnChoice::First).unwrap();
    assert_eq!((without.columns, without.values), (vec!["column 1".to_string()], vec![1.0, 3.0]));
    assert!(without.standardise);
    assert_eq!(first("value\n1\n2"), [1.0, 2.0]);
    assert_eq!(first("Mean temperature, °C\n1,2\n3,4"), [1.0, 3.0]);
    assert_eq!(first("Mean temperature\n1\n2"), [1.0, 2.0]);
    assert_eq!(first("7"), [7.0]);
}

#[test]
fn delimiters_line_ends_marks_and_blank_lines_are_understood() {
    for text in [
        "1,2\n-3.5,4\n2e3,6",
        "1;2\n-3.5;4\n2e3;6",
        "1\t2\n-3.5\t4\n2e3\t6",
        "1 2\n-3.5   4\n  2e3 6 ",
        "1 \t 2\n-3.5 \t 4\n2e3\t6",
        "1, 2\r\n-3.5, 4\r\n2e3, 6\r\n",
        "\u{feff}1,2\r-3.5,4\r2e3,6\r",
        "\n\n1,2\n\n-3.5,4\n   \n2e3,6\n,\n\n",
        "\"1\",\"2\"\n\"-3.5\",\"4\"\n\"2e3\",\"6\"",
        "\u{feff}a,b\r\n1,2\r\n-3.5,4\r\n2e3,6",
        "\"a, or so\";\"b\"\n1;2\n-3.5;4\n2e3;6",
    ] {
        assert_eq!(first(text), [1.0, -3.5, 2000.0], "{text:?}");
    }
}

#[test]
fn columns_are_chosen_by_number_or_name() {
    let text = "year;a;b;note\n1;2;3;x\n4;5;6;y\n";
    let by_number = Table::parse(text, &ColumnChoice::Indices(vec![2, 0])).unwrap();
    assert_eq!(by_number.columns, ["b", "year"]);
    assert_eq!(by_number.values, [3.0, 1.0, 6.0, 4.0]);
    assert_eq!(by_number.rows(), 2);
    let names = ColumnChoice::Names(vec!["b".into(), "year".into()]);
    assert_eq!(Table::parse(text, &names).unwrap(), by_number);
    let message = |choice| Table::parse(text, &choice).unwrap_err().to_string();
    assert_eq!(message(ColumnChoice::Indices(vec![4])), "Column 5 is chosen, and the table has 4; a column from 1 to 4 is accepted.");
    assert_eq!(message(ColumnChoice::Names(vec!["c".into()])), "The table has no column named \"c\"; its columns are year, a, b, note.");
    assert_eq!(message(ColumnChoice::Indices(vec![])), "0 columns are chosen; from 1 to 512 are accepted.");
    assert_eq!(message(ColumnChoice::Indices(vec![0; 513])), "513 columns are chosen; from 1 to 512 are accepted.");
    assert_eq!(
        message(ColumnChoice::Indices(vec![usize::MAX])),
        format!("Column {} is chosen, and the table has 4; a column from 1 to 4 is accepted.", usize::MAX)
    );
}

#[test]
fn the_preview_lists_columns_before_one_is_chosen() {
    let preview = TablePreview::read("date;level;gap\n2020-01-01;3;\n2020-01-02;4;5\n").unwrap();
    assert_eq!((preview.rows, preview.has_header, preview.delimiter), (2, true, Delimiter::Semicolon));
    let columns: Vec<(&str, &str, bool)> = preview.columns.iter().map(|c| (c.name.as_str(), c.first_cell.as_str(), c.is_numeric)).collect();
    assert_eq!(columns, [("date", "2020-01-01", false), ("level", "3", true), ("gap", "", false)]);
    let bare = TablePreview::read("1 2\n3 4").unwrap();
    assert_eq!((bare.rows, bare.has_header), (2, false));
    assert_eq!(bare.delimiter, Delimiter::Whitespace);
    assert_eq!(bare.columns[1].name, "column 2");
}

#[test]
fn cells_that_are_not_numbers_are_reported_with_row_column_and_text() {
    assert_eq!(
        error("1\n2\nthree\n4"),
        "Row 3, column 1 is \"three\", which is not a number; numbers such as 3, -1.5 or 2e3 are accepted, with a decimal point."
    );
    assert!(error("a,b\n1,2\n\n\nx,4").starts_with("Row 5, column 1 (a) is \"x\""));
    assert!(error("a,b\r\n1,2\r\n\r\nx,4").starts_with("Row 4, column 1 (a) is \"x\""));
    assert!(error("\u{feff}\n\n1 2\nx 4").starts_with("Row 4, column 1 is \"x\""));
    assert_eq!(error("1,2\n,4"), "Row 2, column 1 is empty; every row has to have a number there.");
    assert!(error("1;2\n1,5;3").contains("Row 2, column 1 is \"1,5\", which is not a number"));
    assert!(error("1,5;2\n1,6;3").starts_with("Row 1, column 1 is \"1,5\""), "not a header");
    for text in ["NaN", "inf", "-Infinity", "1e999", "1e101"] {
        assert_eq!(error(&format!("1\n{text}")), format!("Row 2, column 1 is {text}; finite numbers from -1e100 to 1e100 are accepted."));
    }
    // Columns that are not chosen may hold anything.
    let second = ColumnChoice::Indices(vec![1]);
    let table = Table::parse("day,level\nMon,1\nTue,2", &second).unwrap();
    assert_eq!(table.values, [1.0, 2.0]);
}

#[test]
fn rows_of_different_length_are_reported_with_their_row() {
    assert_eq!(
        error("1,2\n3,4\n5\n6,7"),
        "Row 3 has 1 cell, and the rows before it have 2; every row has to have the same number of cells."
    );
    assert!(error("a\n1,2\n3,4").starts_with("Row 2 has 2 cells, and the rows before it have 1"));
    assert!(error("1 2 3\n4 5\n6 7 8").starts_with("Row 2 has 2 cells"));
}

#[test]
fn tables_that_are_empty_or_too_large_say_so() {
    for text in ["", "\n\r\n  \n", "\u{feff}", ",,\n,,"] {
        assert_eq!(error(text), "The table is empty; it has to have at least one row with a number in it.", "{text:?}");
    }
    assert_eq!(error("year,value\n"), "The table has only a header (year, value); at least one row of numbers has to follow it.");
    assert_eq!(error(&"1\n".repeat(2_500_001)), "The table is 5.1 MB of text; at most 5 MB are accepted.");
    let limit = "1\n".repeat(100_000);
    assert_eq!(first(&limit).len(), 100_000);
    assert_eq!(first(&format!("a\n{limit}")).len(), 100_000);
    let many = "The table has more than 100000 rows; at most that many are accepted.";
    assert_eq!(error(&format!("{limit}1\n")), many);
    assert_eq!(error(&format!("a\n{limit}1\n")), many);
    assert_eq!(error(&format!("a\n{limit}{limit}")), many);
}

#[test]
fn long_cells_are_cut_in_messages() {
    let message = error(&format!("1\n\"{}\n2\n3\n", "x\n".repeat(500)));
    assert!(message.starts_with("Row 2, column 1 is \"x x x"), "{message}");
    assert!(message.chars().count() < 200, "{message}");
}

proptest! {
    #[test]
    fn parsing_never_panics_and_what_it_accepts_is_a_valid_input(
        text in prop_oneof![any::<String>(), "[-0-9.,;\t \r\n\"aeE\u{feff}]{0,80}", "([0-9]{1,3}[,; \t\n]){0,30}"],
        columns in prop::collection::vec(0_usize..4, 0..4),
    ) {
        let preview = TablePreview::read(&text);
        for choice in [ColumnChoice::First, ColumnChoice::Indices(columns)] {
            match Table::parse(&text, &choice) {
                Ok(table) => {
                    let preview = preview.as_ref().unwrap();
                    prop_assert_eq!(preview.rows, table.rows());
                    let experiment = Experiment { input: Input::Numbers(table), ..Experiment::default() };
                    prop_assert!(experiment.validate().is_ok());
                    prop_assert!(experiment.sequence().unwrap().x.iter().all(|v| v.is_finite()));
                }
                Err(error) => prop_assert!(error.to_string().ends_with('.')),
            }
        }
    }

    #[test]
    fn numbers_written_as_csv_are_read_back(
        rows in prop::collection::vec(prop::array::uniform3(-1e100_f64..1e100), 1..40),
        sign in prop::sample::select(vec![",", ";", "\t", " ", "  "]),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let text: String = rows
            .iter()
            .map(|row| row.map(|v| format!("{v:e}")).join(sign) + end)
            .collect();
        let table = Table::parse(&text, &ColumnChoice::Indices(vec![0, 1, 2])).unwrap();
        prop_assert_eq!(table.values, rows.concat());
    }

    #[test]
    fn texts_never_panic(text in any::<String>(), seq_len in 1_usize..=512) {
        let experiment = Experiment { input: Input::Text(text.clone()), seq_len, ..Experiment::default() };
        if let Ok(sequence) = experiment.sequence() {
            prop_assert_eq!(sequence.seq_len, seq_len.min(text.chars().count()));
            prop_assert_eq!(sequence.x.len(), sequence.seq_len * sequence.input_size);
        }
    }
}
