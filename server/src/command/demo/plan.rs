//! The world laid out in time: who does what, when, in order.

use time::Duration;

use super::world::{
    Attached, Behalf, Ci, Comment, Consensus, Delta, Fixed, Ground, Occurrence, Place, Position, Resolution, Stance, Still, Task, World,
};

/// Something that somebody does.
pub enum Step<'a> {
    File(&'a Delta),
    AddPlace(&'a Delta, &'a Place),
    Vote(&'a Delta, &'a str, i64),
    Occurrence(&'a Delta, &'a Occurrence),
    Behalf(&'a Delta, &'a Behalf),
    Still(&'a Delta, &'a Still, &'a str),
    Fixed(&'a Delta, &'a Fixed),
    Comment(&'a Delta, &'a Comment),
    Attach(&'a Delta, &'a Attached),
    Position(&'a Delta, &'a Position),
    Consensus(&'a Delta, &'a Consensus),
    Evidence(&'a Delta),
    Signature(&'a Delta, &'a str),
    Resolve(&'a Delta, &'a Resolution),
    Task(&'a Task),
    Move(&'a Task, &'a str),
    Promise(&'a Task, &'a (f64, String, String, String)),
    Stance(&'a Stance),
    Run(&'a Ci, &'a str, u32),
}

/// Days before the end of the story at which each step is taken, earliest first.
pub fn plan(world: &World) -> Vec<(f64, Step<'_>)> {
    let mut steps = Vec::new();
    for delta in &world.deltas {
        about(delta, &world.ground, &mut steps);
    }
    for task in &world.work.task {
        steps.push((task.ago, Step::Task(task)));
        steps.extend(task.moves.iter().map(|(ago, column)| (*ago, Step::Move(task, column))));
        steps.extend(task.promises.iter().map(|promise| (promise.0, Step::Promise(task, promise))));
    }
    steps.extend(world.work.stance.iter().map(|stance| (stance.ago, Step::Stance(stance))));
    for ci in &world.ci {
        for run in 0..ci.days * 24 / ci.every_hours {
            let ago = f64::from(ci.days) - f64::from(run * ci.every_hours) / 24.0 - 0.01;
            steps.extend(ci.jobs.iter().map(|job| (ago, Step::Run(ci, job, run))));
        }
    }
    // Stable: what happens at the same moment stays in the order in which it was written down.
    steps.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    steps
}

/// What happens about one delta.
fn about<'a>(delta: &'a Delta, ground: &'a Ground, steps: &mut Vec<(f64, Step<'a>)>) {
    let at = |after: f64| (delta.ago - after).max(0.02);
    steps.push((delta.ago, Step::File(delta)));
    steps.extend(delta.also.iter().map(|place| (at(0.1), Step::AddPlace(delta, place))));
    let voters = voters(delta, ground);
    let count = voters.len() as f64;
    for (index, (name, severity)) in voters.into_iter().enumerate() {
        // Most vote soon, some much later.
        let part = (index as f64 + 1.0) / (count + 1.0);
        steps.push((at(0.02 + (delta.ago - 0.05).max(0.0) * part * part), Step::Vote(delta, name, severity)));
    }
    steps.extend(delta.behalf.iter().map(|said| (at(said.after), Step::Behalf(delta, said))));
    for still in &delta.still {
        steps.extend(still.by.iter().map(|name| (at(still.after), Step::Still(delta, still, name))));
    }
    steps.extend(delta.fixed.iter().map(|answer| (at(answer.after), Step::Fixed(delta, answer))));
    steps.extend(delta.comments.iter().map(|comment| (at(comment.after), Step::Comment(delta, comment))));
    steps.extend(delta.files.iter().map(|file| (at(file.after), Step::Attach(delta, file))));
    steps.extend(delta.occurrences.iter().map(|seen| (at(seen.after), Step::Occurrence(delta, seen))));
    steps.extend(delta.positions.iter().map(|position| (at(position.after), Step::Position(delta, position))));
    steps.extend(delta.consensus.iter().map(|consensus| (at(consensus.after), Step::Consensus(delta, consensus))));
    steps.extend(delta.signatures.iter().map(|query| (at(1.5), Step::Signature(delta, query))));
    if !delta.evidence.is_empty() {
        steps.push((at(2.0), Step::Evidence(delta)));
    }
    steps.extend(delta.resolution.iter().map(|resolution| (at(resolution.after), Step::Resolve(delta, resolution))));
}

/// Who votes what: of each segment the asked share, beginning at a place that depends on the delta. Nobody votes twice.
fn voters<'a>(delta: &'a Delta, ground: &'a Ground) -> Vec<(&'a str, i64)> {
    let mut chosen: Vec<(&str, i64)> = Vec::new();
    for votes in &delta.votes {
        let segment = ground.project.iter().filter(|project| project.slug == delta.project).flat_map(|project| &project.segment);
        let members: Vec<&str> = match votes.segment.as_str() {
            "everyone" => ground.people.iter().map(|person| person.name.as_str()).collect(),
            slug => segment.filter(|segment| segment.slug == slug).flat_map(|segment| &segment.members).map(String::as_str).collect(),
        };
        let wanted = (members.len() * votes.share).div_ceil(100);
        let start = delta.title.len();
        let turn = (0..members.len()).map(|index| members[(start + index) % members.len()]);
        let free: Vec<&str> = turn.filter(|name| chosen.iter().all(|(known, _)| known != name)).take(wanted).collect();
        chosen.extend(free.into_iter().zip(votes.severity.iter().copied().cycle()));
    }
    chosen
}

/// Days as a span of time.
pub fn days(days: f64) -> Duration {
    Duration::seconds_f64(days * 86_400.0)
}

/// A number from 0 to 99 that looks like chance and is the same each time.
pub fn chance(seed: &str, run: u32) -> u32 {
    let mut hash = 2_166_136_261u32 ^ run.wrapping_mul(2_654_435_761);
    for byte in seed.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    }
    (hash ^ hash >> 15) % 100
}
