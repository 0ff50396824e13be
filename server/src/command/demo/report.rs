//! What CI reports in the story.

use serde_json::json;

use super::{
    plan::chance,
    play::{Stage, asked},
    world::Ci,
};
use crate::{
    act::{self, run::Tally},
    error::Result,
};

/// Reports one run of one job: each test once, those that fail with the words of the data.
///
/// # Errors
/// When the run is refused.
pub(super) async fn report(stage: &Stage<'_>, ci: &Ci, job: &str, run: u32) -> Result<()> {
    let ago = (stage.now - stage.app.clock.now()).as_seconds_f64() / 86_400.0;
    let failing: Vec<_> = ci
        .failure
        .iter()
        .filter(|failure| failure.jobs.iter().any(|of| of == job) && (failure.to..=failure.from).contains(&ago))
        .filter(|failure| chance(&format!("{job} {} {}", failure.test, failure.from), run) < failure.share)
        .collect();
    let failed = failing.iter().map(|failure| {
        let n = (1 + chance(&failure.message, run) * 7).to_string();
        let (message, details) = (failure.message.replace("{n}", &n), failure.details.replace("{n}", &n));
        json!({ "test": failure.test, "outcome": "failed", "message": message, "details": details, "duration_ms": 120_000 })
    });
    let passed = ci
        .tests
        .iter()
        .filter(|test| failing.iter().all(|failure| failure.test != **test))
        .map(|test| json!({ "test": test, "outcome": "passed", "duration_ms": 40 + chance(test, run) * 13 }));
    let tests = failed.chain(passed).collect::<Vec<_>>();
    let report = json!({
        "external_id": format!("{job}-{}", 4000 + run), "job": job, "pipeline": "nightly", "branch": "main",
        "commit": format!("{:07x}", 0x00a1_b2c3_u32.wrapping_add(run.wrapping_mul(2_654_435_761)) >> 4),
        "url": format!("https://ci.demo.example/{}/{job}/{}", ci.project, 4000 + run), "tests": tests,
    });
    let report: schema::ci::RunReport = asked(report)?;
    let caller = stage.maintainer(&ci.project).await?;
    let desk = act::run::desk(stage.app, &caller, &ci.project).await?;
    let (facts, tests) = report.into_parts();
    act::run::report(stage.app, &desk, facts, Tally::of(tests)).await?;
    Ok(())
}
