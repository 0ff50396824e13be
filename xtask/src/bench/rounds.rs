//! All scenarios take turns, round after round.

use super::bare::Bare;
use super::load::{self, Ask, Reply};
use super::scenario::{Scenario, Sizes, Target};
use super::usage;
use crate::ground::Ground;
use crate::server::Server;
use anyhow::Result;
use std::time::Duration;

/// How long it all goes on.
pub struct Lengths {
    /// Number of rounds.
    pub rounds: u32,
    /// Load of one scenario in one round with all connections; half of it again with one.
    pub many: Duration,
}

/// Runs the rounds and notes the figures in the scenarios.
///
/// # Errors
/// When a server is gone.
pub async fn run(scenarios: &mut [Scenario], server: &Server, bare: &Bare, ground: &Ground, lengths: Lengths) -> Result<()> {
    for scenario in scenarios.iter_mut().filter(|scenario| scenario.target == Target::Server) {
        scenario.sizes = sizes(scenario, &server.address).await?;
    }
    for round in 1..=lengths.rounds {
        eprintln!("round {round} of {}", lengths.rounds);
        for scenario in scenarios.iter_mut() {
            let (address, pid) = match scenario.target {
                Target::Server => (&server.address, server.pid()),
                Target::Bare => (&bare.address, bare.pid()),
            };
            let database = || ground.cluster.as_ref().map_or(Ok(0.0), |cluster| usage::cpu_of_tree(cluster.pid()));
            scenario.single.add(load::drive(address, &mut scenario.lanes[..1], lengths.many / 2).await?);
            let before = (usage::cpu(pid)?, database()?);
            let load = load::drive(address, &mut scenario.lanes, lengths.many).await?;
            let after = (usage::cpu(pid)?, database()?);
            let requests = (load.good + load.failed).max(1) as f64;
            scenario.rounds.push([load.rate(), (after.0 - before.0) / requests, (after.1 - before.1) / requests]);
            scenario.many.add(load);
        }
    }
    Ok(())
}

/// Asks once each way; the first answer tells the statements.
async fn sizes(scenario: &mut Scenario, address: &str) -> Result<Sizes> {
    let mut sizes = Sizes::default();
    for (coding, bytes) in [("identity", &mut sizes.raw), ("br", &mut sizes.brotli), ("gzip", &mut sizes.gzip)] {
        let Ask { method, path, mut headers, body } = scenario.lanes[0].ask();
        headers.retain(|(name, _)| *name != "accept-encoding");
        headers.push(("accept-encoding", coding.to_owned()));
        let reply = load::once(address, Ask { method, path, headers, body }).await?;
        scenario.lanes[0].took(&reply);
        *bytes = reply.body.len() as u64;
        sizes.statements = sizes.statements.max(statements(&reply));
    }
    Ok(sizes)
}

/// `server-timing: sql;desc="7"`
fn statements(reply: &Reply) -> Option<u64> {
    let header = reply.headers.get("server-timing")?.to_str().ok()?;
    header.split("sql;desc=\"").nth(1)?.split('"').next()?.parse().ok()
}
