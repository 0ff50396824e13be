//! Crashes that are seen: kept with the delta they are of, and looked for among those known.

mod alike;
mod found;
mod remove;

use schema::{
    delta::{Kind, Resolution},
    id::DeltaKey,
    occurrence::{COUNT_MAX, ENVIRONMENT_MAX, NewOccurrence, PLATFORM_MAX, VERSION_MAX},
    project::Release,
    trace::{TRACE_BYTES, Trace},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

pub use self::{
    alike::{alike, same},
    found::{Found, found, found_each, passages},
    remove::{removable, remove},
};
use crate::{
    app::App,
    caller::{Caller, Via},
    error::{Error, Result},
    extract::Check,
    ingest::trace,
    store::{self, db::Tx, event::Event, occurrence::Traced},
};

/// A trace, read: what is kept of it, and what it is looked for by.
#[derive(Clone, Debug)]
pub struct Read {
    /// What is kept.
    pub kept: Traced,
    /// What was found in it.
    pub trace: Option<Trace>,
}

/// Reads a text that may hold a trace, away from the threads that answer requests; what looks like a secret is taken out first. `None` for
/// an empty one.
///
/// # Errors
/// When the server is ending.
pub async fn read(text: &str) -> Result<Option<Read>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let text = text.to_owned();
    Ok(Some(tokio::task::spawn_blocking(move || read_now(&text)).await??))
}

fn read_now(text: &str) -> Result<Read> {
    let text = trace::scrub(text);
    let found = trace::parse(&text);
    let kept = Traced {
        line: found.as_ref().map(Trace::line).unwrap_or_default(),
        fingerprint: found.as_ref().map(trace::fingerprint).unwrap_or_default(),
        keys: found.as_ref().map(trace::keys).unwrap_or_default(),
        parsed: found.as_ref().map(serde_json::to_string).transpose()?.unwrap_or_default(),
        text,
    };
    Ok(Read { kept, trace: found })
}

/// Notes what is wrong with an occurrence; its fields are named after `prefix`.
pub(super) fn check(wrong: &mut Check, new: &NewOccurrence, prefix: &str) {
    let field = |name: &str| format!("{prefix}{name}");
    let bytes = new.trace.len();
    wrong.that(
        bytes <= TRACE_BYTES,
        &field("trace"),
        format!("is {bytes} bytes long; at most {TRACE_BYTES} are taken: its beginning and the crashed thread are enough"),
    );
    wrong.that(!new.trace.contains('\0'), &field("trace"), "must not hold the character NUL");
    for (name, text, most) in [
        ("version", &new.version, VERSION_MAX),
        ("platform", &new.platform, PLATFORM_MAX),
        ("environment", &new.environment, ENVIRONMENT_MAX),
    ] {
        wrong.text(text, &field(name), 0, most);
        wrong.that(!text.contains(['\n', '\r']), &field(name), "must be one line");
    }
    wrong.that(new.count.is_none_or(|count| (1..=COUNT_MAX).contains(&count)), &field("count"), format!("must be 1 to {COUNT_MAX}"));
}

/// Who reports: a person, or a project's machines.
struct Reporter {
    user: Option<Uuid>,
    project: Option<Uuid>,
}

/// Keeps an occurrence of a crash; gives its id. Any signed-in person who sees the delta may; a project's token for deltas that everybody
/// sees and that are in its project. One of a version that should have the fix opens a closed gap again: the delta's, or that of what it
/// is a duplicate of.
///
/// # Errors
/// 401 for guests; 403 for a token of another project, and in a locked discussion but for maintainers; 404 for what they may not see; 409 for a delta that is no crash; 422 for wrong fields.
pub async fn add(app: &App, caller: &Caller, key: DeltaKey, new: NewOccurrence) -> Result<Uuid> {
    let reporter = match caller.via {
        Via::Ci { project, .. } => Reporter { user: None, project: Some(project) },
        _ => Reporter { user: Some(caller.actor()?.id), project: None },
    };
    let mut wrong = Check::default();
    check(&mut wrong, &new, "");
    wrong.that(
        reporter.project.is_some() || new.count.is_none_or(|count| count == 1),
        "count",
        "is for machines: a person tells of one crash at a time",
    );
    wrong.that(!new.is_empty(), "trace", "must not be empty where version, platform and environment are");
    wrong.done()?;
    // Who may not is told so before anything is read.
    allowed(&mut app.db.read().await?, caller, &reporter, key).await?;
    let read = read(&new.trace).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let seen = allowed(&mut tx, caller, &reporter, key).await?;
    // What it counts for may change, too: both are held, in the order in which everybody holds several.
    let survivor = seen.counts_for();
    store::impact::lock(&mut tx, &[seen.id, survivor.unwrap_or(seen.id)]).await?;
    let row = store::delta::lock(&mut tx, seen.id).await?;
    let id = insert(&mut tx, row.id, &new, read.as_ref().map(|read| &read.kept), &reporter, now).await?;
    if let Some(user) = reporter.user {
        store::delta::touch(&mut tx, row.id, now).await?;
        let said = json!({ "version": new.version.trim(), "platform": new.platform.trim() });
        tx.emit(Event { delta: Some(row.id), ..Event::new("occurrence.added", now, Some(user)).with(said) }).await?;
    }
    // What it became a duplicate of since it was read is not held: the next occurrence tells that one.
    let stands = row.counts_for().unwrap_or(row.id);
    if stands == row.id || Some(stands) == survivor {
        came_back(&mut tx, stands, (id, new.version.trim()), &reporter, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Opens the gap of a delta again that was closed and of which this was seen, where its version should have the fix. A person says of which
/// version: that they saw it once more somewhere tells nothing of the fix. The delta is locked.
async fn came_back(tx: &mut Tx, delta: Uuid, (occurrence, version): (Uuid, &str), reporter: &Reporter, now: OffsetDateTime) -> Result<()> {
    let row = store::delta::read(tx, delta).await?;
    if row.resolution() != Some(Resolution::Closed) || reporter.user.is_some() && version.is_empty() {
        return Ok(());
    }
    if let Some(fixed) = &row.resolution_release {
        let mut releases = Vec::new();
        for (project, _) in store::evidence::projects(tx, delta).await? {
            releases.push((project, store::project::releases(tx, &[project]).await?));
        }
        let of = comparable(&releases, fixed, version, reporter.project);
        if !of.is_some_and(|releases| has_fix(releases, fixed, version, now)) {
            return Ok(());
        }
    }
    super::resolution::regress(tx, now, delta, json!({ "occurrence": occurrence, "version": version })).await.map(drop)
}

/// The releases of the project whose release has the fix, where the version is one of that project's, as far as can be known: projects number
/// their releases each in its own way. `None` where it is another's. A delta is in few projects.
fn comparable<'a>(releases: &'a [(Uuid, Vec<Release>)], fixed: &str, version: &str, reporter: Option<Uuid>) -> Option<&'a [Release]> {
    let has = |releases: &[Release], name: &str| releases.iter().any(|release| release.name == name);
    if let [(project, only)] = releases {
        return Some(only.as_slice()).filter(|_| reporter.is_none_or(|reporter| reporter == *project));
    }
    let of_fix = || releases.iter().filter(|(_, releases)| has(releases, fixed));
    match reporter {
        Some(reporter) => of_fix().find(|(project, _)| *project == reporter),
        None if releases.iter().any(|(_, releases)| has(releases, version)) => of_fix().find(|(_, releases)| has(releases, version)),
        None => of_fix().next(),
    }
    .map(|(_, releases)| releases.as_slice())
}

/// Whether a version should have what was fixed in a release: by their numbers, else by when they came out. A version that tells nothing of
/// it should, once the release is out.
fn has_fix(releases: &[Release], fixed: &str, version: &str, now: OffsetDateTime) -> bool {
    if version == fixed {
        return true;
    }
    if let (Some(fixed), Some(version)) = (numbers(fixed), numbers(version)) {
        return version >= fixed;
    }
    let out = |name: &str| releases.iter().find(|release| release.name == name).map(|release| release.released_at);
    match (out(fixed), out(version)) {
        // It is none of theirs any more: nothing is known of it.
        (None, _) => true,
        // It is to come.
        (Some(None), _) => false,
        // What is to come has what is out.
        (Some(Some(fixed)), Some(version)) => version.is_none_or(|version| version >= fixed),
        (Some(Some(fixed)), None) => fixed <= now,
    }
}

/// The numbers that a version begins with: `v2.4.0-rc1` is 2.4.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let numbers = version[..end].trim_end_matches('.').split('.').map(|number| number.parse().ok());
    let mut numbers = numbers.collect::<Option<Vec<u64>>>()?;
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}

/// Keeps what came with a crash that is being filed.
pub(super) async fn first(
    tx: &mut Tx,
    delta: Uuid,
    new: &NewOccurrence,
    read: Option<&Traced>,
    user: Uuid,
    now: OffsetDateTime,
) -> Result<()> {
    insert(tx, delta, new, read, &Reporter { user: Some(user), project: None }, now).await.map(drop)
}

async fn allowed(tx: &mut Tx, caller: &Caller, reporter: &Reporter, key: DeltaKey) -> Result<store::delta::Row> {
    let row = store::delta::find(tx, caller, key).await?;
    if let Some(project) = reporter.project
        && !store::evidence::projects(tx, row.id).await?.iter().any(|(id, _)| *id == project)
    {
        return Err(Error::forbidden("This token reports for another project than those the delta is in."));
    }
    if reporter.user.is_some() {
        super::comment::unlocked(tx, caller, &row).await?;
    }
    if row.kind != Kind::Crash {
        return Err(Error::conflict(format!("{key} is a {}, not a crash: only a crash has occurrences. Nothing was kept.", row.kind)));
    }
    Ok(row)
}

async fn insert(
    tx: &mut Tx,
    delta: Uuid,
    new: &NewOccurrence,
    trace: Option<&Traced>,
    reporter: &Reporter,
    now: OffsetDateTime,
) -> Result<Uuid> {
    let (mut version, mut platform) = (new.version.trim(), new.platform.trim());
    // More versions and platforms than anybody has are counted together.
    if !store::occurrence::takes_pair(tx, delta, version, platform).await? {
        (version, platform) = ("", "");
    }
    let new = store::occurrence::New {
        delta,
        trace,
        version,
        platform,
        environment: new.environment.trim(),
        count: new.count.unwrap_or(1),
        reporter: reporter.user,
        project: reporter.project,
        at: now,
    };
    store::occurrence::insert(tx, &new).await
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    #[test]
    fn a_version_has_a_fix_from_the_release_on_that_has_it() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(365);
        let release = |name: &str, days: Option<i64>| Release {
            name: name.to_owned(),
            released_at: days.map(|days| OffsetDateTime::UNIX_EPOCH + Duration::days(days)),
        };
        let releases = [
            release("4.3", Some(100)),
            release("4.2.9", Some(200)),
            release("Amber", Some(100)),
            release("Birch", Some(200)),
            release("Cedar", None),
            release("Dune", Some(400)),
        ];
        let has = |fixed: &str, version: &str| has_fix(&releases, fixed, version, now);
        for (fixed, version) in [
            ("4.3", "4.3"),
            ("4.3", "4.3.1"),
            ("4.3", "v4.10"),
            ("4.3", "4.3.0-rc1"),
            ("4.3", "nightly"),
            ("4.3", ""),
            ("Amber", "Birch"),
            ("Amber", "Cedar"),
            ("Amber", "7"),
            ("Cedar", "Cedar"),
            ("Elm", "Birch"),
        ] {
            assert!(has(fixed, version), "{version} has what {fixed} has");
        }
        for (fixed, version) in [
            ("4.3", "4.2.9"),
            ("4.3", "4"),
            ("4.3", "v3.99"),
            ("Birch", "Amber"),
            ("Cedar", "Birch"),
            ("Cedar", ""),
            ("Dune", ""),
            ("Dune", "x"),
        ] {
            assert!(!has(fixed, version), "{version} has not what {fixed} has");
        }
    }

    #[test]
    fn a_version_is_compared_with_those_of_its_own_project() {
        let release = |name: &str| Release { name: name.to_owned(), released_at: None };
        let (neutron, ovn) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let both = [(neutron, vec![release("25.1"), release("25.2")]), (ovn, vec![release("26.3"), release("24.1")])];
        let of = |version: &str, reporter: Option<Uuid>| comparable(&both, "25.1", version, reporter).map(|found| found[0].name.as_str());
        assert_eq!((of("26.3", Some(ovn)), of("26.3", Some(neutron))), (None, Some("25.1")), "machines speak of their own project");
        assert_eq!((of("26.3", None), of("25.2", None)), (None, Some("25.1")), "a known version is its project's");
        assert_eq!(of("25.1.7", None), Some("25.1"), "one that nobody knows is taken for one of the fix's project");
        assert_eq!(comparable(&both[..1], "elsewhere", "1", None).map(<[_]>::len), Some(2), "there is only one project to speak of");
    }

    #[test]
    fn a_version_is_compared_by_the_numbers_it_begins_with() {
        assert_eq!((numbers("v2.4.0-rc1"), numbers("2026.1"), numbers("0")), (Some(vec![2, 4]), Some(vec![2026, 1]), Some(vec![])));
        for none in ["", "v", "Zed", ".1", "1..2", "99999999999999999999", "-1"] {
            assert_eq!(numbers(none), None, "{none}");
        }
    }
}
