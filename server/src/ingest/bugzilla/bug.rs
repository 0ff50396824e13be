//! A whole bug, and what its words mean here.

use schema::{
    delta::{Kind, Resolution},
    place::Consensus,
    relation::Relation,
    task::Priority,
};

use super::{MARK, parts};
use crate::ingest::tracker::{Extent, Fields, Link, Person, Place, RELATIONS_MAX, Record, Site, Stage, Tracker, Work, place_slug, web};

/// Where a bug stands, in Bugzilla's words.
pub(super) struct State {
    /// UNCONFIRMED, NEW, ASSIGNED, RESOLVED …; sites have words of their own.
    pub status: String,
    /// FIXED, INVALID …; empty or `---` while it is open.
    pub resolution: String,
    /// Whether somebody confirmed it; `None` where only the status says.
    pub confirmed: Option<bool>,
}

/// A record of a bug about which nothing is known yet.
pub(super) fn blank(site: &Site, id: i64) -> Record {
    Record {
        id: site.id(Tracker::Bugzilla, &id.to_string()),
        name: format!("Bugzilla bug {id}"),
        url: site.page(&format!("show_bug.cgi?id={id}")),
        extent: Extent::Whole,
        ..Record::default()
    }
}

/// Reads a bug.
pub(super) fn read(site: &Site, fields: Fields<'_>) -> Result<Record, String> {
    let id = fields.int("id")?.filter(|id| *id > 0).ok_or("`id` is missing")?;
    let mut record = Record {
        title: fields.need("summary")?,
        reporter: person(fields, "creator")?,
        created_at: fields.time(&["creation_time"])?,
        updated_at: fields.time(&["last_change_time"])?,
        closed_at: fields.time(&["cf_last_resolved"])?,
        private: !fields.list("groups")?.is_empty(),
        labels: fields.words("keywords")?,
        duplicate_of: fields.int("dupe_of")?.map(|of| site.id(Tracker::Bugzilla, &of.to_string())),
        ..blank(site, id)
    };
    let text = |name: &str| fields.some(name);
    let state = State {
        status: text("status")?.unwrap_or_default(),
        resolution: text("resolution")?.unwrap_or_default(),
        confirmed: fields.flag("is_confirmed")?,
    };
    place(&mut record, &state, &text("product")?.unwrap_or_default(), text("component")?.as_deref())?;
    record.release = text("target_milestone")?.filter(|release| release != "---");
    end(&mut record, &state);
    let severity = text("severity")?;
    record.severity = severity.as_deref().and_then(hardness);
    let crash = text("cf_crash_signature")?.is_some() || record.labels.iter().any(|label| label == "crash");
    let words = [text("type")?, crash.then(|| "crash".to_owned())];
    kind(&mut record, &words.iter().flatten().map(String::as_str).collect::<Vec<_>>(), severity.as_deref());
    assigned(&mut record, &state, text("assigned_to")?, text("product")?, text("priority")?.as_deref());
    for (name, field) in [
        ("Version", "version"),
        ("Platform", "platform"),
        ("Operating system", "op_sys"),
        ("Severity", "severity"),
        ("Whiteboard", "whiteboard"),
        ("Crash signature", "cf_crash_signature"),
    ] {
        record
            .fact(name, text(field)?.filter(|value| !matches!(value.as_str(), "unspecified" | "All" | "Unspecified")).unwrap_or_default());
    }
    relations(site, &mut record, fields)?;
    parts::take(site, &mut record, fields, true)?;
    losses(&mut record, fields)?;
    Ok(record)
}

fn person(fields: Fields<'_>, name: &str) -> Result<Option<Person>, String> {
    let shown = fields.object(&format!("{name}_detail"))?.map_or(Ok(None), |detail| detail.some("real_name"))?;
    Ok(fields.some(name)?.and_then(|login| Person::new(MARK, &login, shown.as_deref())))
}

fn relations(site: &Site, record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    for (name, field, relation) in [
        ("Depends on", "depends_on", Relation::BlockedBy),
        ("Blocks", "blocks", Relation::Blocks),
        ("Regressed by", "regressed_by", Relation::CausedBy),
        ("Regressions", "regressions", Relation::Causes),
    ] {
        let listed = fields.list(field)?;
        if listed.len() > RELATIONS_MAX {
            record.lose("bugs beyond the 1,000 that are taken of a list", format!("{}: {}", record.name, listed.len()));
        }
        let numbers = listed.iter().filter_map(|value| value.as_i64()).take(RELATIONS_MAX);
        let numbers: Vec<String> = numbers.map(|id| id.to_string()).collect();
        for id in &numbers {
            record.relate(relation, site.id(Tracker::Bugzilla, id));
        }
        record.fact(
            name,
            numbers
                .iter()
                .map(|id| site.page(&format!("show_bug.cgi?id={id}")))
                .zip(&numbers)
                .map(|(url, id)| if url.is_empty() { format!("bug {id}") } else { format!("[bug {id}](<{url}>)") })
                .collect::<Vec<_>>()
                .join(", "),
        );
    }
    for address in fields.words("see_also")?.into_iter().chain(fields.some("url")?) {
        let url = web(&address);
        // Of the same site it is one of its bugs.
        let bugs = site.page("show_bug.cgi?id=");
        let own = url.strip_prefix(&bugs).filter(|id| !bugs.is_empty() && id.parse::<u32>().is_ok());
        if let Some(id) = own {
            record.relate(Relation::Relates, site.id(Tracker::Bugzilla, id));
        }
        if !url.is_empty() {
            record.links.push(Link { title: "See also".to_owned(), url });
        }
    }
    Ok(())
}

/// Names the project and the component, with what the status states of consensus.
pub(super) fn place(record: &mut Record, state: &State, product: &str, component: Option<&str>) -> Result<(), String> {
    let Some(slug) = place_slug(product) else { return Ok(()) };
    let confirmed = state.confirmed.unwrap_or(!matches!(state.status.as_str(), "" | "UNCONFIRMED") && !closed(state));
    let consensus = match (state.resolution.as_str(), confirmed) {
        ("INVALID" | "NOTABUG", _) => Consensus::Declined,
        (_, true) => Consensus::Agreed,
        (_, false) => Consensus::Proposed,
    };
    let rationale = format!("Bugzilla: {} {}", state.status, state.resolution).trim_end_matches(['-', ' ']).to_owned();
    let components = component.and_then(place_slug).into_iter().collect();
    record.places.push(Place { name: product.to_owned(), slug, components, consensus, rationale });
    Ok(())
}

fn closed(state: &State) -> bool {
    !matches!(state.resolution.as_str(), "" | "---")
}

/// Ends the gap as the resolution says.
pub(super) fn end(record: &mut Record, state: &State) {
    if !closed(state) {
        return;
    }
    record.resolution = Some(match state.resolution.as_str() {
        "FIXED" => Resolution::Closed,
        "WONTFIX" | "INVALID" | "NOTABUG" => Resolution::Declined,
        _ => Resolution::Withdrawn,
    });
    record.reason = format!("Bugzilla: {} {}.", state.status, state.resolution);
    if state.resolution == "DUPLICATE" && record.duplicate_of.is_none() {
        record.lose("duplicates that do not say of what", record.name.clone());
    }
}

/// What sort of gap it is.
pub(super) fn kind(record: &mut Record, words: &[&str], severity: Option<&str>) {
    record.kind = Some(if words.contains(&"crash") {
        Kind::Crash
    } else if words.contains(&"enhancement") || severity == Some("enhancement") {
        Kind::Spec
    } else {
        Kind::Bug
    });
}

/// How hard the reporter says it hits them.
fn hardness(severity: &str) -> Option<i64> {
    Some(match severity.to_lowercase().as_str() {
        "blocker" | "critical" | "s1" => 4,
        "major" | "s2" => 3,
        "normal" | "s3" => 2,
        "minor" | "trivial" | "s4" => 1,
        _ => return None,
    })
}

/// Who works on it now.
pub(super) fn assigned(record: &mut Record, state: &State, assignee: Option<String>, product: Option<String>, priority: Option<&str>) {
    let nobody = assignee.as_deref().is_none_or(|name| name.starts_with("nobody") || name.starts_with("unassigned"));
    if !matches!(state.status.as_str(), "ASSIGNED" | "IN_PROGRESS") {
        if let Some(name) = assignee.filter(|_| !nobody) {
            let local = name.split('@').next().unwrap_or_default().to_owned();
            record.lose("assignees of bugs that nobody works on", format!("{}: {local}", record.name));
        }
        return;
    }
    let priority = match priority.unwrap_or_default() {
        "P1" | "Highest" | "highest" => Priority::Urgent,
        "P2" | "High" | "high" => Priority::High,
        "P4" | "P5" | "Low" | "low" | "Lowest" | "lowest" => Priority::Low,
        _ => Priority::Normal,
    };
    let of = assignee.filter(|_| !nobody).into_iter().chain(product).collect();
    record.work.push(Work {
        id: String::new(),
        of,
        title: None,
        stage: Stage::Doing,
        priority,
        promises: true,
        position: None,
        seat: None,
    });
}

fn losses(record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    let name = record.name.clone();
    let votes = fields.int("votes")?;
    record.count("votes", votes);
    if votes.is_some_and(|votes| votes > 0) {
        record.lose("votes that only are counted (kept as a note)", format!("{name}: {}", votes.unwrap_or_default()));
    }
    for (field, what) in [("cc", "subscribers"), ("flags", "flags")] {
        let count = fields.list(field)?.len();
        if count > 0 {
            record.lose(what, format!("{name}: {count}"));
        }
    }
    let said =
        |field: &&str| fields.value(field).and_then(|value| value.as_str()).is_some_and(|text| !matches!(text, "" | "---" | "unaffected"));
    let tracked = fields.names().filter(|field| field.starts_with("cf_tracking") || field.starts_with("cf_status")).filter(said).count();
    if tracked > 0 {
        record.lose("states per release (cf_status, cf_tracking)", format!("{name}: {tracked}"));
    }
    Ok(())
}
