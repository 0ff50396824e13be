//! The tables, as Markdown.

use super::Measured;
use super::aims::{self, Aim, verdict, verdict_least};
use super::scenario::{Scenario, Target};
use crate::ground::Database;
use std::fmt::Write;

/// How the scenarios are measured.
pub const HOW: &str = "CPU is the server process's own (user and system) per request at 16 connections; scenarios take turns in rounds, \
                       figures are medians over rounds.";

/// The heading: on what it was measured, and `how`, in a sentence.
pub fn machine(how: &str) -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("unknown", |(_, name)| name);
    format!(
        "# Measured\n\nBy `cargo xtask bench` on {cores} × {model}, shared with the load and, on PostgreSQL, with the database. {how}\n"
    )
}

/// Everything of one database.
pub fn table(measured: &Measured) -> String {
    let mut text = format!(
        "\n## {}\n\n{} deltas in one project (imported in {:.1} s), {} votes, a board of {} cards.\n\n",
        measured.database.name(),
        measured.size.deltas,
        measured.import.as_secs_f64(),
        measured.size.votes,
        measured.size.cards
    );
    text += "| scenario | req/s at 16 | p50 ms at 1 | p95 ms | CPU ms | database CPU ms | raw B | br B | gzip B | SQL | failed | aim: CPU ms | |\n";
    text += "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n";
    for scenario in &measured.scenarios {
        text += &line(scenario, measured);
    }
    text += &further(measured);
    text
}

fn line(scenario: &Scenario, measured: &Measured) -> String {
    let cpu = scenario.median(1);
    let (aim, found) = match most(scenario.aim, measured) {
        Some((most, words)) => (words, verdict(cpu, most)),
        None => (String::new(), String::new()),
    };
    let database = if measured.database == Database::Postgres { format!("{:.2}", scenario.median(2)) } else { String::new() };
    let size = |bytes: u64| if scenario.target == Target::Server { bytes.to_string() } else { String::new() };
    format!(
        "| {} | {:.0} | {:.2} | {:.2} | {cpu:.3} | {database} | {} | {} | {} | {} | {} | {aim} | {found} |\n",
        scenario.name,
        scenario.median(0),
        scenario.single.quantile(0.5),
        scenario.single.quantile(0.95),
        size(scenario.sizes.raw),
        size(scenario.sizes.brotli),
        size(scenario.sizes.gzip),
        scenario.sizes.statements.map(|count| count.to_string()).unwrap_or_default(),
        scenario.single.failed + scenario.many.failed,
    )
}

/// The most CPU an aim allows, and the aim in words.
fn most(aim: Aim, measured: &Measured) -> Option<(f64, String)> {
    let bare = |name: &str| cpu_of(measured, name);
    match aim {
        Aim::Cpu(most, Some((kanboard, redmine))) => Some((most, format!("≤ {most} (Kanboard {kanboard}, Redmine {redmine})"))),
        Aim::Cpu(most, None) => Some((most, format!("≤ {most}"))),
        Aim::Reads(times) => bare("bare: one row by key").map(|cpu| (times * cpu, format!("≤ {times} × bare read = {:.3}", times * cpu))),
        Aim::Inserts(times) => {
            bare("bare: one durable insert").map(|cpu| (times * cpu, format!("≤ {times} × bare insert = {:.3}", times * cpu)))
        }
        Aim::None => None,
    }
}

fn find<'a>(measured: &'a Measured, name: &str) -> Option<&'a Scenario> {
    measured.scenarios.iter().find(|scenario| scenario.name == name)
}

fn cpu_of(measured: &Measured, name: &str) -> Option<f64> {
    find(measured, name).map(|scenario| scenario.median(1))
}

/// What has no place in the table.
fn further(measured: &Measured) -> String {
    let mut text = String::from("\n| figure | measured | aim | |\n| --- | ---: | --- | --- |\n");
    let mut row = |name: &str, figure: String, aim: String, found: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {name} | {figure} | {aim} | {found} |");
    };
    let commit = find(measured, "bare: one durable insert").map_or(f64::NAN, |bare| bare.single.quantile(0.5));
    for name in ["API: vote", "API: file a delta", "API: move a card"] {
        let Some(scenario) = find(measured, name) else { continue };
        let (p50, rate) = (scenario.single.quantile(0.5), scenario.median(0));
        let most = aims::WRITE_COMMITS * commit;
        row(
            &format!("{name}: p50 at 1"),
            format!("{p50:.2} ms"),
            format!("≤ {} durable commits = {most:.2} ms", aims::WRITE_COMMITS),
            verdict(p50, most),
        );
        let least = aims::WRITES_PER_SECOND;
        row(
            &format!("{name}: writes/s at 16"),
            format!("{rate:.0}"),
            format!("≥ {least} (Kanboard 41, 27 % fail)"),
            verdict_least(rate, least),
        );
    }
    let failed = measured.failed();
    row("failed requests", failed.to_string(), "0".to_owned(), if failed == 0 { "ok".to_owned() } else { "missed".to_owned() });
    if let Some(moved) = find(measured, "API: move a card") {
        row(
            "a move's reply",
            format!("{} B", moved.sizes.raw),
            format!("≤ {} B", aims::MOVE_BYTES),
            verdict(moved.sizes.raw as f64, aims::MOVE_BYTES as f64),
        );
    }
    if let Some(board) = find(measured, "board page") {
        let (raw, packed) = (board.sizes.raw, board.sizes.brotli);
        row("board HTML", format!("{raw} B"), format!("≤ {} B", aims::BOARD_RAW), verdict(raw as f64, aims::BOARD_RAW as f64));
        row(
            "board HTML, brotli",
            format!("{packed} B"),
            format!("≤ {} B", aims::BOARD_COMPRESSED),
            verdict(packed as f64, aims::BOARD_COMPRESSED as f64),
        );
    }
    if let Some(cold) = &measured.cold {
        row(
            "cold board page on the wire",
            format!("{} B", cold.bytes),
            format!("≤ {} B", aims::COLD_BYTES),
            verdict(cold.bytes, aims::COLD_BYTES as f64),
        );
        row("cold board page: LCP", format!("{:.0} ms", cold.lcp), format!("≤ {} ms", aims::COLD_LCP), verdict(cold.lcp, aims::COLD_LCP));
        row(
            "cold board page: requests, DOM nodes, CLS",
            format!("{}, {}, {:.3}", cold.requests, cold.nodes, cold.cls),
            String::new(),
            String::new(),
        );
    }
    row(
        "memory after the load (PSS)",
        format!("{:.1} MiB", measured.memory),
        format!("≤ {} MiB", aims::MEMORY),
        verdict(measured.memory, aims::MEMORY),
    );
    let start = &measured.start;
    row("start to /readyz", format!("{:.0} ms", start.ready), format!("≤ {} ms", aims::START), verdict(start.ready, aims::START));
    row("start to a page", format!("{:.0} ms", start.page), format!("≤ {} ms", aims::START), verdict(start.page, aims::START));
    if let Some(constant) = find(measured, "bare: constant 1 KiB") {
        row(
            "noise: the constant route between rounds",
            format!("± {:.0} % req/s, ± {:.0} % CPU", constant.spread(0) * 50.0, constant.spread(1) * 50.0),
            String::new(),
            String::new(),
        );
    }
    for failure in measured.scenarios.iter().filter_map(|scenario| scenario.many.failure.as_ref().or(scenario.single.failure.as_ref())) {
        let _ = writeln!(text, "\nfirst failure: {failure}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_says_how_the_figures_below_it_were_measured() {
        assert!(machine(HOW).contains("16 connections"));
        let large = machine(crate::bench::large::HOW);
        assert!(large.contains("One connection") && !large.contains("16 connections"), "{large}");
    }
}
