//! Crashes that are seen: kept with the delta they are of, and looked for among those known.

use schema::{
    delta::{Kind, Ref},
    id::DeltaKey,
    occurrence::{Alike, COUNT_MAX, ENVIRONMENT_MAX, NewOccurrence, PLATFORM_MAX, VERSION_MAX},
    trace::{Keyed, TRACE_BYTES, Trace},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    app::App,
    caller::{Caller, Via},
    error::{Error, Result},
    extract::Check,
    ingest::trace,
    store::{self, db::Tx, event::Event, occurrence::Traced},
};

/// What two crashes share at least, to be called similar.
const LEAST: f64 = 0.3;
/// How many similar crashes are offered.
const OFFERED: usize = 3;

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
/// sees and that are in its project.
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
    let row = allowed(&mut tx, caller, &reporter, key).await?;
    store::delta::lock(&mut tx, row.id).await?;
    let id = insert(&mut tx, row.id, &new, read.as_ref().map(|read| &read.kept), &reporter, now).await?;
    if let Some(user) = reporter.user {
        store::delta::touch(&mut tx, row.id, now).await?;
        let said = json!({ "version": new.version.trim(), "platform": new.platform.trim() });
        tx.emit(Event { delta: Some(row.id), ..Event::new("occurrence.added", now, Some(user)).with(said) }).await?;
    }
    tx.commit().await?;
    Ok(id)
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
    };
    store::occurrence::insert(tx, &new, now).await
}

/// Deltas the caller may see with a crash like that of a text, each with how alike it is: the same first. None where there is no trace in
/// the text.
///
/// # Errors
/// When the database does not answer.
pub async fn alike(tx: &mut Tx, caller: &Caller, text: &str, project: Option<Uuid>) -> Result<Vec<(Ref, Alike)>> {
    let Some(read) = read(text).await?.filter(|read| read.trace.is_some()) else { return Ok(Vec::new()) };
    let keys = &read.kept.keys;
    let mut shares: Vec<(Uuid, bool, f64)> = Vec::new();
    for delta in store::occurrence::same(tx, caller, &read.kept.fingerprint).await? {
        shares.push((delta, true, 1.0));
    }
    for (delta, share) in shared(&store::occurrence::near(tx, caller, keys).await?, keys) {
        if !shares.iter().any(|(known, _, _)| *known == delta) {
            shares.push((delta, false, share));
        }
    }
    let ids: Vec<Uuid> = shares.iter().map(|(delta, _, _)| *delta).collect();
    let shown = store::occurrence::shown(tx, caller, &ids, project).await?;
    let mut found: Vec<(Ref, bool, f64)> = Vec::new();
    for (delta, same, share) in shares {
        let Some(shown) = shown.get(&delta) else { continue };
        match found.iter_mut().find(|(one, _, _)| one.key == shown.key) {
            Some((_, known, most)) => (*known, *most) = (*known || same, most.max(share)),
            None => found.push((shown.clone(), same, share)),
        }
    }
    found.sort_by(|(a, a_same, a_share), (b, b_same, b_share)| {
        b_same.cmp(a_same).then(b_share.total_cmp(a_share)).then(b.open.cmp(&a.open)).then(b.key.cmp(&a.key))
    });
    found.truncate(OFFERED);
    let told = |(delta, same, share): (Ref, bool, f64)| {
        let words = if same { "same crash" } else { "similar crash" };
        let alike = Alike { key: delta.key, same, percent: (share * 100.0).round() as i64, words: words.to_owned() };
        (delta, alike)
    };
    Ok(found.into_iter().map(told).collect())
}

/// Of each delta the most that one of its crashes shares, where that is enough to be called similar.
fn shared(near: &store::occurrence::Near, keys: &[Keyed]) -> Vec<(Uuid, f64)> {
    let mut best: Vec<(Uuid, f64)> = Vec::new();
    for (delta, other) in &near.others {
        let share = trace::similarity(keys, other, |key| near.among.get(&key).copied().unwrap_or(1), near.all);
        match best.iter_mut().find(|(known, _)| known == delta) {
            Some((_, most)) => *most = most.max(share),
            None if share >= LEAST => best.push((*delta, share)),
            None => {}
        }
    }
    best
}
