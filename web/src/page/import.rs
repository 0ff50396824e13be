//! Imports of other trackers' records: the form that brings a file, their list, and the page of what became of one.

use leptos::prelude::*;
use schema::{
    attachment::size_in_words,
    import::{Import, ImportPage, ImportState, ImportsPage, Report, Tracker, URL_MAX},
    route,
};
use time::OffsetDateTime;

use crate::part::{self, Crumb, Tone, Tried};

/// Bad records that the page lists; the API has more of them.
const LISTED: usize = 100;

/// The page of a project's imports.
pub fn imports(page: ImportsPage) -> AnyView {
    let ImportsPage { project, name, imports, now, .. } = &page;
    let steps = vec![
        Crumb::link("Projects", route::projects()),
        Crumb::link(project.clone(), route::project(project)),
        Crumb::link("Settings", route::project_settings(project)),
        Crumb::text("Import"),
    ];
    let list = if imports.items.is_empty() {
        part::empty("Nothing was imported yet", "What comes in from a file is listed here, with what could not be carried over.", ())
    } else {
        let rows = imports.items.iter().map(|import| row(import, *now)).collect_view();
        view! {
            <table>
                <thead><tr>
                    <th scope="col">"File"</th><th scope="col">"State"</th><th scope="col" class="num">"Added"</th>
                    <th scope="col" class="num">"Changed"</th><th scope="col" class="num">"Refused"</th><th scope="col">"Brought"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let next = imports.next.as_ref().map(|cursor| route::with_query(&route::imports(project), &[("cursor", cursor)]));
    view! {
        <div class="narrow">
            {part::crumbs(steps)}
            <h1>{format!("Import into {name}")}</h1>
            <div class="stack mt">{form(&page)}{part::panel_with("Imports", "newest first", (), list)}{part::pager(next)}</div>
        </div>
    }
    .into_any()
}

fn form(page: &ImportsPage) -> AnyView {
    let tried = Tried::of(&page.refused, "import");
    let trackers = Tracker::ALL.iter().map(|tracker| (tracker.to_string(), tracker.name().to_owned())).collect();
    let orgs = (!page.orgs.is_empty()).then(|| {
        let nobody = (String::new(), "Nobody: only the records come in".to_owned());
        let options = std::iter::once(nobody).chain(page.orgs.iter().cloned()).collect();
        tried.field("org", "Whose tasks their work becomes", "").select(options)
    });
    let url = tried
        .field("url", "The tracker's address", "")
        .max(URL_MAX)
        .placeholder("https://bugzilla.example.org")
        .hint("It makes links, and keeps the numbers of two servers apart. Give it each time or never.");
    let dry = tried.typed("dry_run").is_none_or(|typed| !typed.is_empty());
    let error = tried.fault("file").map(|words| view! { <p class="error" id="f-file-error">{words}</p> });
    let about = if error.is_some() { "f-file-error f-file-hint" } else { "f-file-hint" };
    let hint = format!("An export in JSON, CSV or XML, packed with gzip or not: at most {}.", size_in_words(page.most));
    let body = view! {
        <div class="body">
            // The file is last: what it is to be read as is known when it comes.
            <form class="form" method="post" action=route::imports(&page.project) enctype="multipart/form-data">
                {tried.above(&["tracker", "org", "url", "file"])}
                {tried.field("tracker", "Which tracker it is from", "").select(trackers)}
                {orgs}
                {url.text("url")}
                {part::check("dry_run", "true", "Only say what would come in", dry)}
                <div class="f">
                    <label for="f-file">"File"</label>
                    <input class="in" id="f-file" type="file" name="file" required aria-describedby=about/>
                    {error}
                    <p class="hint" id="f-file-hint">{hint}</p>
                </div>
                <p class="hint">
                    "Everything goes into this project. Records that came in before are brought up to date; nothing comes in twice. Who
                    reported, commented or voted there becomes a person whom nobody can sign in as."
                </p>
                <div class="row-of">{part::submit("Import")}</div>
            </form>
        </div>
    };
    part::panel("A file of another tracker", body)
}

fn state(import: &Import) -> AnyView {
    match import.state {
        ImportState::Waiting => part::pill(Tone::Plain, "waiting"),
        ImportState::Running => part::pill(Tone::Accent, &format!("running, {} %", import.percent)),
        ImportState::Done if import.dry_run => part::pill(Tone::Good, "tried"),
        ImportState::Done => part::pill(Tone::Good, "brought in"),
        ImportState::Failed => part::pill(Tone::Bad, "failed"),
    }
}

fn row(import: &Import, now: OffsetDateTime) -> AnyView {
    let dry = import.dry_run.then(|| view! { <span class="sub faint xs">"dry run"</span> });
    view! {
        <tr>
            <td>
                <a class="t" href=route::import(&import.project, import.id)>{import.file.clone()}</a>
                <span class="sub faint xs">{format!("{}, {}", import.tracker.name(), size_in_words(import.size))}</span>
            </td>
            <td data-l="State"><span class="row-of">{state(import)}{dry}</span></td>
            <td class="num" data-l="Added">{import.added}</td>
            <td class="num" data-l="Changed">{import.changed}</td>
            <td class="num" data-l="Refused">{import.refused}</td>
            <td class="muted" data-l="Brought">{part::ago(import.created_at, now)}" by "{import.by.display_name.clone()}</td>
        </tr>
    }
    .into_any()
}

/// The page of one import.
pub fn import(page: ImportPage) -> AnyView {
    let ImportPage { import, name, now } = &page;
    let steps = vec![
        Crumb::link("Projects", route::projects()),
        Crumb::link(import.project.clone(), route::project(&import.project)),
        Crumb::link("Import", route::imports(&import.project)),
        Crumb::text(import.file.clone()),
    ];
    let progress = (!import.ended()).then(|| {
        let words = match import.state {
            ImportState::Waiting => "It waits for its turn. This page shows by itself how far it is.".to_owned(),
            _ => format!("{} % of the file, {} records read", import.percent, import.read),
        };
        view! {
            <div class="stack-xs" role="status">
                <p>{words}</p>
                <progress max="100" value=import.percent.to_string() aria-label="How much of the file is read"></progress>
            </div>
        }
    });
    let failed = (import.state == ImportState::Failed).then(|| part::notice(Tone::Bad, &import.detail));
    let dry = (import.dry_run && import.state == ImportState::Done)
        .then(|| part::notice(Tone::Plain, "Only tried: nothing was written. With this file there would be what stands below."));
    let org = import.org.as_ref().map(|org| format!(" Work becomes tasks of {org}."));
    view! {
        <div class="narrow">
            {part::crumbs(steps)}
            <div class="bar"><h1>{import.file.clone()}</h1>{state(import)}<span class="push"></span>{button(import)}</div>
            <p class="muted small">
                {format!("{}, {}, into {name}. Brought ", import.tracker.name(), size_in_words(import.size))}
                {part::ago(import.created_at, *now)}{format!(" by {}.", import.by.display_name)}{org}
            </p>
            <div class="stack mt">
                {progress}
                {failed}
                {dry}
                {counts(import)}
                {import.report.as_ref().map(report)}
            </div>
        </div>
    }
    .into_any()
}

/// What ends it, or starts it once more, where that is possible.
fn button(import: &Import) -> Option<AnyView> {
    if !import.ended() {
        return Some(part::act(&route::import_cancel(&import.project, import.id), "Cancel", "btn", &[]));
    }
    let words = if import.state == ImportState::Failed { "Try again" } else { "Bring it in" };
    import.startable().then(|| {
        let class = if import.state == ImportState::Failed { "btn" } else { "btn primary" };
        part::act(&route::import_start(&import.project, import.id), words, class, &[])
    })
}

/// A table of numbers: what they count, and how many.
fn counts(import: &Import) -> AnyView {
    let mut lines = vec![
        ("Records read", import.read),
        ("Deltas added", import.added),
        ("Deltas changed", import.changed),
        ("Unchanged", import.unchanged),
        ("Refused", import.refused),
    ];
    if let Some(report) = &import.report {
        let more = [
            ("Comments", report.comments),
            ("Events", report.events),
            ("Votes", report.votes),
            ("Duplicates linked", report.duplicates),
            ("Relations", report.relations),
            ("Stack traces", report.traces),
            ("Boards", report.boards),
            ("Tasks", report.tasks),
            ("Stances", report.stances),
        ];
        lines.extend(more.into_iter().filter(|(_, count)| *count > 0));
    }
    let rows =
        lines.into_iter().map(|(what, count)| view! { <tr><th scope="row">{what}</th><td class="num">{count}</td></tr> }).collect_view();
    part::panel("What came in", view! { <table><tbody>{rows}</tbody></table> })
}

fn report(report: &Report) -> AnyView {
    let losses = (!report.losses.is_empty()).then(|| {
        let rows = report.losses.iter().map(|loss| {
            view! {
                <tr>
                    <td>{loss.what.clone()}</td>
                    <td class="num" data-l="How many">{loss.count}</td>
                    <td class="muted" data-l="Such as">{loss.examples.join("; ")}</td>
                </tr>
            }
        });
        let rows = rows.collect_view();
        let table = view! {
            <table>
                <thead><tr><th scope="col">"What"</th><th scope="col" class="num">"How many"</th><th scope="col">"Such as"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        };
        part::panel_with("Not carried over", "by what it is", (), table)
    });
    let bad = words("Records that could not be brought in", &report.bad);
    let refused = words("Work that became no task", &report.refused);
    view! { {bad}{refused}{losses} }.into_any()
}

/// A panel of lines; nothing where there are none.
fn words(title: &str, lines: &[String]) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let shown = lines.iter().take(LISTED).map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let more = lines.len().checked_sub(LISTED).filter(|more| *more > 0);
    let more = more.map(|more| view! { <p class="muted">{format!("and {more} more: the API lists the first thousand.")}</p> });
    Some(part::panel(title, view! { <div class="body stack-sm small"><ul class="stack-xs">{shown}</ul>{more}</div> }))
}

#[cfg(test)]
mod tests {
    use schema::{import::Loss, user::Person};

    use super::*;
    use crate::testing::html;

    fn some(state: ImportState) -> Import {
        let at = OffsetDateTime::UNIX_EPOCH;
        Import {
            id: Default::default(),
            project: "neutron".into(),
            tracker: Tracker::GitHub,
            file: "issues.json".into(),
            size: 40_400,
            kept: true,
            url: String::new(),
            org: None,
            dry_run: true,
            state,
            detail: String::new(),
            read: 3,
            added: 2,
            changed: 0,
            unchanged: 0,
            refused: 1,
            percent: 40,
            by: Person { name: "mara".into(), display_name: "Mara".into() },
            created_at: at,
            started_at: None,
            finished_at: None,
            report: None,
        }
    }

    fn shown(of: Import) -> String {
        html(move || import(ImportPage { import: of, name: "Neutron".into(), now: OffsetDateTime::UNIX_EPOCH }))
    }

    #[test]
    fn what_is_under_way_shows_how_far_it_is_and_starts_nothing() {
        let html = shown(some(ImportState::Running));
        assert!(html.contains("<progress") && html.contains(r#"value="40""#) && html.contains("3 records read"), "{html}");
        assert!(!html.contains("/start") && html.contains("/cancel") && html.contains("Cancel"), "{html}");
    }

    #[test]
    fn a_dry_run_offers_to_bring_it_in_and_says_what_is_lost() {
        let loss = Loss { what: "pull requests".into(), count: 7, examples: vec!["cart#9".into()] };
        let report =
            Report { losses: vec![loss], bad: vec!["issues.json: line 2: not <JSON>".into()], votes: 4, relations: 5, ..Report::default() };
        let html = shown(Import { report: Some(report), ..some(ImportState::Done) });
        assert!(html.contains("Bring it in") && html.contains("/start") && html.contains("nothing was written"), "{html}");
        assert!(html.contains("pull requests") && html.contains("cart#9") && html.contains("not &lt;JSON"), "{html}");
        assert!(html.contains("Relations") && !html.contains("Stances"), "{html}");
        assert!(!html.contains("<progress") && !html.contains("Boards") && !html.contains("/cancel"), "{html}");
        let gone = shown(Import { kept: false, ..some(ImportState::Done) });
        assert!(!gone.contains("/start"), "{gone}");
    }
}
