//! The panel "Crashes" of a delta: the newest trace, how often it was seen, in which versions and where.

use leptos::prelude::*;
use schema::{
    delta::{DeltaPage, InText, Kind},
    occurrence::{Counts, Crashes, PLATFORM_MAX, VERSION_MAX, Whole},
    route,
    trace::{Frame, Language, Raised, RaisedAs, Trace},
};
use time::OffsetDateTime;

use super::{Bar, Tried, ago, bars, frame::empty, notice, panel_with, post, submit};

/// Characters of the raw text that stand in the page; the whole of it is behind a link.
const RAW: usize = 12_000;
/// Versions that have a bar, the newest.
const BARS: usize = 24;

/// What is known of a crash, or of a bug that came with a trace; else nothing. A form to say that one hit it too stands below, for who is signed in.
pub fn crash_panel(page: &DeltaPage) -> AnyView {
    let Some(crashes) = &page.crashes else { return ().into_any() };
    let form = form(page, crashes.counts.total == 0);
    let about = match crashes.counts.total {
        0 => String::new(),
        1 => "seen once".to_owned(),
        n => format!("seen {n} times"),
    };
    let newest = crashes.newest.as_ref().map(|newest| newest_trace(newest, page.now));
    let all = view! { <p class="small"><a class="link" href=route::delta_occurrences(page.delta.key)>"All occurrences"</a></p> };
    let title = if page.delta.kind == Kind::Crash { "Crashes" } else { "Stack traces" };
    let inside = if crashes.counts.total == 0 {
        empty("No occurrence yet", "A stack trace, the version and the platform tell whether two people have the same crash.", form)
    } else {
        view! { <div class="body stack">{newest}{seen(crashes, page.now)}{all}{form}</div> }.into_any()
    };
    view! { <div id="crashes">{panel_with(title, &about, (), inside)}</div> }.into_any()
}

/// The newest trace: its line, its frames, the text as it came.
fn newest_trace(newest: &Whole, now: OffsetDateTime) -> AnyView {
    let occurrence = &newest.occurrence;
    let from = occurrence.reporter.as_ref().map_or_else(|| "a machine".to_owned(), |person| person.display_name.clone());
    let place = [&occurrence.version, &occurrence.platform, &occurrence.environment].into_iter().filter(|text| !text.is_empty()).cloned();
    let place = place.collect::<Vec<_>>().join(", ");
    let place = (!place.is_empty()).then(|| format!(" · {place}"));
    let raw = route::delta_trace(occurrence.delta, occurrence.id);
    let short: String = newest.text.chars().take(RAW).collect();
    let cut = (short.len() < newest.text.len()).then(|| view! { <p class="xs faint">"The text goes on: open the whole of it."</p> });
    let stacks = match &newest.trace {
        Some(trace) => stacks(trace),
        None => view! { <p class="small muted">"No frames could be read in it."</p> }.into_any(),
    };
    view! {
        <div class="stack-sm">
            <p class="small muted">"The newest trace, from "{from}", "{ago(occurrence.at, now)}{place}</p>
            {stacks}
            <details class="fold small">
                <summary>"Text as it came"</summary>
                <pre class="trace" tabindex="0" aria-label="Text of the trace">{short}</pre>
                {cut}
                <p class="small"><a class="link" href=raw>"Open the whole text"</a>" to copy or save it. What looked like a secret was taken out."</p>
            </details>
        </div>
    }
    .into_any()
}

/// What was read in a trace: each exception with its frames.
pub fn stacks(trace: &Trace) -> AnyView {
    let cut = trace.cut.then(|| view! { <p class="xs faint">"Frames were left out: there were more than are kept."</p> });
    view! { <div class="stack-sm">{trace.raised.iter().enumerate().map(|(at, one)| stack(at, one)).collect_view()}{cut}</div> }.into_any()
}

/// One exception with its frames: the first open, the others folded.
fn stack(at: usize, one: &Raised) -> AnyView {
    let how = match one.relation {
        RaisedAs::Raised => "",
        RaisedAs::Cause => "caused by ",
        RaisedAs::Context => "while handling ",
        RaisedAs::Suppressed => "suppressed ",
        RaisedAs::Member => "one of them ",
        RaisedAs::Thread => "another stack ",
        RaisedAs::Note => "note ",
    };
    let line = match one.line() {
        line if line.is_empty() => one.thread.clone().unwrap_or_else(|| "a stack".to_owned()),
        line => line,
    };
    let thread =
        one.thread.as_ref().filter(|thread| **thread != line).map(|thread| view! { <span class="faint">{format!(" in {thread}")}</span> });
    let rest = one.message.split_once('\n').map(|(_, rest)| view! { <p class="pre small muted">{rest.to_owned()}</p> });
    let open = at == 0 || matches!(one.relation, RaisedAs::Cause | RaisedAs::Context);
    view! {
        <details class="stack-of" open=open>
            <summary><span class="faint">{how}</span><b class="mono">{line}</b>{thread}</summary>
            {rest}
            {frames(&one.frames)}
        </details>
    }
    .into_any()
}

/// Frames, the innermost first: the program's own stand open, those between them are folded.
fn frames(frames: &[Frame]) -> AnyView {
    if frames.is_empty() {
        return view! { <p class="small muted">"Without a stack."</p> }.into_any();
    }
    // Where nothing is the program's own, nothing is folded.
    let all = frames.iter().all(|frame| !frame.in_app);
    let mut lines: Vec<AnyView> = Vec::new();
    let mut rest = frames;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|frame| frame.in_app == first.in_app).count();
        let (run, after) = rest.split_at(same);
        rest = after;
        if first.in_app || all {
            lines.extend(run.iter().map(frame));
            continue;
        }
        let words = if run.len() == 1 { "1 frame of libraries".to_owned() } else { format!("{} frames of libraries", run.len()) };
        let inner = run.iter().map(frame).collect_view();
        lines.push(
            view! { <li class="others"><details><summary>{words}</summary><ol class="frames">{inner}</ol></details></li> }.into_any(),
        );
    }
    view! { <ol class="frames">{lines}</ol> }.into_any()
}

fn frame(frame: &Frame) -> AnyView {
    let function = match (&frame.module, frame.function.as_str()) {
        (_, "") => "(unnamed)".to_owned(),
        // Where the module is not in the name already: Java's classes, Python's modules.
        (Some(module), function) if !function.contains(['.', ':', '/']) && !module.contains('/') => format!("{module}.{function}"),
        (_, function) => function.to_owned(),
    };
    let place = frame.file.as_ref().map(|file| match frame.line {
        Some(line) => format!("{file}:{line}"),
        None => file.clone(),
    });
    let class = if frame.in_app { "own" } else { "" };
    view! { <li class=class><code>{function}</code>" "{place.map(|place| view! { <span class="faint mono xs">{place}</span> })}</li> }
        .into_any()
}

/// How often, by version as bars with their table; platforms; first and last.
fn seen(crashes: &Crashes, now: OffsetDateTime) -> AnyView {
    let counts = &crashes.counts;
    let named = |name: String| if name.is_empty() { "not said".to_owned() } else { name };
    let versions = counts.versions();
    let chart = (versions.iter().any(|(name, _)| !name.is_empty())).then(|| {
        let skip = versions.len().saturating_sub(BARS);
        let all: Vec<Bar> = versions.into_iter().skip(skip).map(|(label, value)| Bar { label: named(label), value }).collect();
        bars("Occurrences", "Version", &all)
    });
    let span = counts.span().map(
        |(first, last)| view! { <p class="small muted">"First seen "{ago(first, now)}", last "{ago(last, now)}"."{week(crashes)}</p> },
    );
    view! { <div class="stack-sm"><h3>"Occurrences by version"</h3>{span}{chart}{platforms(counts)}</div> }.into_any()
}

fn week(crashes: &Crashes) -> String {
    match crashes.week {
        0 => " None in the last 7 days.".to_owned(),
        n => format!(" {n} in the last 7 days."),
    }
}

/// "Linux 12 · macOS 3".
fn platforms(counts: &Counts) -> AnyView {
    let named: Vec<String> = counts
        .platforms()
        .into_iter()
        .filter(|(name, _)| !name.is_empty())
        .take(8)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    (!named.is_empty()).then(|| view! { <p class="small"><span class="muted">"Platforms: "</span>{named.join(" · ")}</p> }).into_any()
}

/// "I hit this, too": the trace, the version, the platform.
fn form(page: &DeltaPage, first: bool) -> AnyView {
    // What a bug came with is kept; only a crash is counted on.
    if page.can.me.is_none() || page.delta.kind != Kind::Crash {
        return ().into_any();
    }
    let tried = Tried::of(&page.refused, "occurrence");
    let words = if first { "Add an occurrence" } else { "I hit this, too" };
    let fields = view! {
        {tried.above(&["trace", "version", "platform", "environment"])}
        {tried.field("trace", "Stack trace", "").mono().hint("As it was printed, with the log around it if you like. Secrets that are recognised are taken out; look it over yourself.").area(6)}
        <div class="cols">
            {tried.field("version", "Version", "").max(VERSION_MAX).placeholder("2.4.1").text("text")}
            {tried.field("platform", "Platform", "").max(PLATFORM_MAX).placeholder("Debian 12, x86_64").text("text")}
        </div>
        <div class="row-of">{submit("Add it")}</div>
    };
    view! { <details class="fold" open=tried.refused()><summary>{words}</summary>{post(&route::delta_occurrences(page.delta.key), fields)}</details> }
        .into_any()
}

/// What a trace that was sent to be filed is known as: above the form, with a button that adds it there instead. It is inside the form.
pub fn known_crashes(found: &[(schema::delta::Ref, schema::occurrence::Alike)]) -> AnyView {
    let same: Vec<_> = found.iter().filter(|(_, alike)| alike.same).collect();
    if same.is_empty() {
        return ().into_any();
    }
    let lines = same
        .iter()
        .map(|(delta, _)| {
            let key = delta.key.to_string();
            let words = format!("Add my occurrence to {key} instead");
            let ended = (!delta.open).then_some(" (ended)");
            // Only a crash takes occurrences.
            let add = (delta.kind == Kind::Crash).then(|| {
                view! { <button class="btn primary" type="submit" name="into" value=key.clone() formnovalidate>{words}</button> }
            });
            view! {
                <li class="bar">
                    <span class="grow">"This is "<a class="link" href=route::delta(&key)>{format!("{key} {}", delta.title)}</a>{ended}": the same crash."</span>
                    {add}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-label="The same crash is known" id="known-crash">
            <div class="body stack-sm">
                {notice(super::Tone::Warn, "Nothing is filed yet: this crash is known. Your trace, version and platform count more there than in a second report; what else you wrote is not taken along.")}
                <ul class="stack-xs small">{lines}</ul>
            </div>
        </section>
    }
    .into_any()
}

/// What is said of a stack trace that stands in what was sent to be filed, with the choice to leave it there. It is inside the form.
pub fn found_trace(found: Option<&InText>) -> AnyView {
    let Some(found) = found else { return ().into_any() };
    let what = match found.language {
        Language::Other => "A stack trace".to_owned(),
        language => format!("A {} stack trace", language.name()),
    };
    let place = if found.field == "body" { "What else there is to know" } else { "Actual" };
    let words =
        format!("Nothing is filed yet. {what} was found in {place}; it is kept as the first occurrence. The text stays as you wrote it.");
    view! {
        <section class="panel" aria-label="A stack trace was found" id="found-trace">
            <div class="body stack-sm">
                {notice(super::Tone::Plain, &words)}
                {super::check("keep_trace", "yes", "Keep it as the first occurrence: the same crash is known again by it", found.keep)}
                <input type="hidden" name="told" value="yes"/>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    fn call(function: &str, in_app: bool) -> Frame {
        Frame { function: function.into(), module: Some("shop".into()), file: Some("cart.py".into()), line: Some(3), in_app }
    }

    #[test]
    fn frames_of_libraries_are_folded_between_the_programs_own() {
        let all = [call("add", true), call("call", false), call("invoke", false), call("main", true)];
        let shown = html(move || frames(&all));
        assert!(shown.contains("2 frames of libraries") && shown.contains("shop.add") && shown.contains("cart.py:3"), "{shown}");
        let foreign = html(|| frames(&[call("call", false)]));
        assert!(!foreign.contains("of libraries"), "{foreign}");
    }

    #[test]
    fn what_a_trace_says_is_text() {
        let one = Raised {
            relation: RaisedAs::Cause,
            kind: "KeyError".into(),
            message: "<script>\nrow 7".into(),
            thread: None,
            frames: Vec::new(),
        };
        let shown = html(move || stack(1, &one));
        assert!(shown.contains("caused by ") && shown.contains("KeyError: &lt;script&gt;") && shown.contains("row 7"), "{shown}");
    }
}
