//! The series that is shipped.

use std::sync::LazyLock;

/// A yearly series.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What is measured.
    pub name: &'static str,
    /// Where it comes from and under which terms, as a sentence for the page.
    pub source: &'static str,
    /// Year of the first value.
    pub first_year: i32,
    /// One value per year.
    pub values: Vec<f64>,
}

impl Series {
    /// The last `count` years (all, where there are fewer): the first of them, and the values.
    pub(super) fn last(&self, count: usize) -> (i32, Vec<f64>) {
        let skipped = self.values.len().saturating_sub(count);
        (
            self.first_year + skipped as i32,
            self.values[skipped..].to_vec(),
        )
    }
}

/// Yearly mean sunspot numbers, 1700–2008: 309 values.
///
/// Source: National Geophysical Data Center (NOAA), as the Python package statsmodels distributes it; public domain.
pub static SUNSPOTS: LazyLock<Series> = LazyLock::new(|| Series {
    name: "sunspot number",
    source: "Yearly mean sunspot number 1700–2008, National Geophysical Data Center (NOAA), \
             as distributed with statsmodels; public domain.",
    first_year: 1700,
    values: include_str!("../../data/sunspots.csv")
        .lines()
        .filter_map(|line| line.split_once(',')?.1.parse().ok())
        .collect(),
});

#[cfg(test)]
mod tests {
    use super::SUNSPOTS;

    #[test]
    fn the_series_is_the_one_named() {
        let csv = include_str!("../../data/sunspots.csv");
        let years: Vec<i32> = csv
            .lines()
            .skip(1)
            .map(|line| line.split_once(',').unwrap().0.parse().unwrap())
            .collect();
        assert_eq!(years, (1700..=2008).collect::<Vec<i32>>());
        assert_eq!(SUNSPOTS.values.len(), 309);
        let at = |year: i32| SUNSPOTS.values[(year - SUNSPOTS.first_year) as usize];
        assert_eq!(at(1700), 5.0);
        assert_eq!(at(1749), 80.9);
        assert_eq!(at(1957), 190.2);
        assert_eq!(at(2008), 2.9);
        assert!(SUNSPOTS.source.contains("public domain"));
    }

    #[test]
    fn the_last_years_end_in_2008() {
        let (first_year, values) = SUNSPOTS.last(64);
        assert_eq!((first_year, values.len()), (1945, 64));
        assert_eq!(values.last(), Some(&2.9));
        assert_eq!(SUNSPOTS.last(512).0, 1700);
    }
}
