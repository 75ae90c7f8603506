//! Bars for percentages, exact to an eighth of a column.

/// Blocks of one to eight eighths.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// What is not filled.
const TRACK: &str = "·";

/// A bar for a percentage in this many columns, and the track that is left of them. Anything above zero shows, and nothing below
/// a hundred is full.
pub(super) fn bar(percent: f64, columns: usize) -> (String, String) {
    let all = columns * EIGHTHS.len();
    let eighths = if percent >= 100.0 {
        all
    } else if percent > 0.0 {
        ((percent / 100.0 * all as f64).round() as usize).clamp(1, all.saturating_sub(1).max(1))
    } else {
        // NaN too.
        0
    };
    let mut bar = String::new();
    bar.extend(std::iter::repeat_n('█', eighths / EIGHTHS.len()));
    bar.extend(eighths.checked_rem(EIGHTHS.len()).filter(|&rest| rest > 0).map(|rest| EIGHTHS[rest - 1]));
    (bar, TRACK.repeat(columns.saturating_sub(eighths.div_ceil(EIGHTHS.len()))))
}

#[cfg(test)]
mod tests {
    fn bar(percent: f64, columns: usize) -> String {
        let (bar, track) = super::bar(percent, columns);
        bar + &track
    }

    #[test]
    fn bars_are_exact_to_an_eighth() {
        assert_eq!(bar(0.0, 4), "····");
        assert_eq!(bar(25.0, 4), "█···");
        assert_eq!(bar(40.0, 4), "█▋··");
        assert_eq!(bar(100.0, 4), "████");
    }

    #[test]
    fn a_little_is_seen_and_nearly_all_is_not_all() {
        assert_eq!(bar(0.001, 4), "▏···");
        assert_eq!(bar(99.9, 4), "███▉");
    }

    #[test]
    fn what_is_out_of_range_is_empty_or_full() {
        assert_eq!(bar(-20.0, 4), "····");
        assert_eq!(bar(f64::NAN, 4), "····");
        assert_eq!(bar(250.0, 4), "████");
        assert_eq!(bar(f64::INFINITY, 4), "████");
    }
}
