//! What each figure is aimed at.

/// An aim for one scenario's figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// Server CPU per request at 16 connections, in milliseconds; with the measured peers (Kanboard, Redmine), also in milliseconds.
    Cpu(f64, Option<(f64, f64)>),
    /// Server CPU per request, as a multiple of the bare read's.
    Reads(f64),
    /// Server CPU per request, as a multiple of the bare insert's.
    Inserts(f64),
    /// Shown without an aim of its own.
    None,
}

/// Board page of 500 cards.
pub const BOARD: Aim = Aim::Cpu(6.0, Some((127.0, 837.0)));
/// List of 50 deltas, filtered and sorted by impact.
pub const LIST: Aim = Aim::Cpu(1.7, Some((25.0, 175.0)));
/// Page of one delta.
pub const DELTA: Aim = Aim::Cpu(2.0, Some((5.5, 151.0)));
/// Search by words.
pub const SEARCH: Aim = Aim::Cpu(1.6, Some((24.0, 96.0)));
/// One delta over the API.
pub const READ: Aim = Aim::Reads(3.0);
/// Filing or voting.
pub const WRITE: Aim = Aim::Inserts(4.0);
/// Filing or voting: p50 at one connection, in durable commits (the bare insert's p50 at one connection).
pub const WRITE_COMMITS: f64 = 2.0;
/// Durable writes per second at 16 connections (Kanboard: 41, of which 27 % fail).
pub const WRITES_PER_SECOND: f64 = 800.0;
/// Bytes of a move's reply.
pub const MOVE_BYTES: u64 = 4_096;
/// Bytes of the board's HTML, as it is.
pub const BOARD_RAW: u64 = 360_000;
/// Bytes of the board's HTML, compressed.
pub const BOARD_COMPRESSED: u64 = 36_000;
/// Bytes on the wire of the whole cold board page.
pub const COLD_BYTES: u64 = 160_000;
/// Largest contentful paint of the cold board page, in milliseconds: half of Kanboard's 1.3 s.
pub const COLD_LCP: f64 = 650.0;
/// Proportional set size of the server after the load, in MiB.
pub const MEMORY: f64 = 60.0;
/// From the start of the program to its first answer, in milliseconds.
pub const START: f64 = 100.0;

/// `ok`, or by how much it is missed.
pub fn verdict(figure: f64, most: f64) -> String {
    if figure <= most { "ok".to_owned() } else { format!("missed by {:.0} %", (figure / most - 1.0) * 100.0) }
}

/// `ok`, or by how much it is missed, where more is better.
pub fn verdict_least(figure: f64, least: f64) -> String {
    if figure >= least { "ok".to_owned() } else { format!("missed by {:.0} %", (1.0 - figure / least) * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_says_by_how_much() {
        assert_eq!(verdict(6.0, 6.0), "ok");
        assert_eq!(verdict(7.5, 6.0), "missed by 25 %");
        assert_eq!(verdict_least(600.0, 800.0), "missed by 25 %");
    }
}
