//! The count of passed and failed tests, read from the output of `cargo test` and of the journeys.

/// Passed and failed tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// What the failed ones said of themselves, for the end of a long output.
    pub faults: Vec<String>,
}

/// Lines of a journey's fault that are kept: its message and where it broke.
const TOLD: usize = 6;

impl Tally {
    /// Adds what a line of output says, if it is a summary: `test result: ok. 3 passed; 0 failed; …` of cargo, or `3 passed, 0 failed` of the journeys.
    pub fn read(&mut self, line: &str) {
        if line.starts_with("FAIL ") || (line.starts_with("test ") && line.ends_with(" ... FAILED")) {
            self.faults.push(line.to_owned());
            return;
        }
        // A journey's message follows its name, indented.
        if let (Some(fault), true) = (self.faults.last_mut(), line.starts_with("     "))
            && fault.starts_with("FAIL ")
            && fault.lines().count() <= TOLD
        {
            fault.push('\n');
            fault.push_str(line);
            return;
        }
        let counts = match line.strip_prefix("test result: ") {
            Some(rest) => rest.split_once(". ").map(|(_, counts)| counts),
            None => Some(line),
        };
        let mut parts = counts.unwrap_or_default().split([';', ',']);
        if let (Some(passed), Some(failed)) = (number(parts.next(), "passed"), number(parts.next(), "failed")) {
            self.passed += passed;
            self.failed += failed;
        }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.faults.extend(other.faults);
    }
}

/// The number in `3 passed`, when that is the word.
fn number(part: Option<&str>, word: &str) -> Option<u64> {
    part?.trim().strip_suffix(word)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str]) -> (u64, u64) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        (tally.passed, tally.failed)
    }

    #[test]
    fn both_kinds_of_summary_are_added_up() {
        let cargo = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.03s";
        assert_eq!(tally(&["running 14 tests", cargo, "", "7 passed, 1 failed"]), (19, 3));
    }

    #[test]
    fn the_failed_ones_are_named_with_what_a_journey_said() {
        let mut tally = Tally::default();
        let lines = [
            "ok   one (3 ms)",
            "     not of a fault",
            "FAIL two [sqlite] (9 ms)",
            "     Error: gone",
            "ok   three",
            "test api::four ... FAILED",
        ];
        lines.iter().for_each(|line| tally.read(line));
        assert_eq!(tally.faults, ["FAIL two [sqlite] (9 ms)\n     Error: gone", "test api::four ... FAILED"]);
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(tally(&["test a_guest_may_not_vote ... ok", "3 passed", "passed, failed", "test result: ok"]), (0, 0));
    }
}
