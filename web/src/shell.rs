//! The document around every page: head, navigation, notices, and the loader of the islands.

use leptos::prelude::*;
use schema::nav::{Nav, NavOrg, NavUser};
use schema::{route, triage::COUNT_MAX};

use crate::island::keys::Keys;
use crate::part::{self, Icon, Tone, icon};

/// What the document needs beside the page itself.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// The page's name; the product's follows it.
    pub title: String,
    /// The navigation; `None` in `user` is a guest.
    pub nav: Nav,
    /// The path of this page (with its query where the navigation has one): the entry that leads here is marked.
    pub current: String,
    /// Whether the page has an island of its own. Without one a guest loads no script; who is signed in always has the keys.
    pub island: bool,
    /// The nonce of this response's content security policy.
    pub nonce: String,
    /// Where style and script are.
    pub assets: Assets,
    /// What the act before this page had to say.
    pub notice: Option<Notice>,
    /// The address of this page as an Atom feed, if there is one.
    pub feed: Option<String>,
}

/// Addresses of what the document loads; each carries its hash, so that it can be kept for ever.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// The islands' module script; none in a build without them.
    pub script: Option<String>,
    /// The islands' WASM.
    pub wasm: Option<String>,
}

/// A sentence above the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Whether it is good news.
    pub kind: Tone,
    /// The sentence.
    pub text: String,
    /// Where the act is taken back, if it can be here: a button in the notice, pressed by `z`.
    pub undo: Option<String>,
}

/// The mark of the product: the letter.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20' fill='none' stroke='%23088' stroke-width='2.4' stroke-linejoin='round'%3E%3Cpath d='M10 3 18 17H2Z'/%3E%3C/svg%3E";

/// The whole document, from `<!doctype html>` on. `body` is the inside of `<main>`.
pub fn document(shell: Shell, body: impl IntoView + 'static) -> AnyView {
    let Shell { title, nav, current, island, nonce, assets, notice, feed } = shell;
    let island = island || nav.user.is_some();
    let (preload, loader, keys) = match (island, assets.script, assets.wasm) {
        (true, Some(script), Some(wasm)) => (
            Some(view! { <link rel="preload" href=wasm.clone() r#as="fetch" type="application/wasm" crossorigin="anonymous"/> }),
            Some(view! { <script type="module" nonce=nonce inner_html=loader(&script, &wasm)></script> }),
            Some(keys(&nav, &current)),
        ),
        _ => (None, None, None),
    };
    let notice = notice.map(|Notice { kind, text, undo }| {
        let undo = undo.map(|action| {
            view! { <form class="act" method="post" action=action><button class="btn small" type="submit" data-key="z">"Undo"<kbd>"Z"</kbd></button></form> }
        });
        part::notice_with(kind, &text, undo)
    });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{if title.is_empty() { "Deltaboard".to_owned() } else { format!("{title} · Deltaboard") }}</title>
                <link rel="icon" href=ICON/>
                <link rel="stylesheet" href=assets.style/>
                {feed.map(|href| view! { <link rel="alternate" type="application/atom+xml" title="These deltas" href=href/> })}
                {preload}
                {loader}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to the page"</a>
                <div class="shell">
                    <header class="topbar">
                        {brand()}
                        <button class="btn quiet" type="button" popovertarget="nav">{icon(Icon::Menu)}"Menu"</button>
                    </header>
                    {navigation(nav, &current)}
                    <main id="main" tabindex="-1">{notice}{body}</main>
                </div>
                {keys}
                {island.then(|| view! { <div class="hid" id="said" role="status"></div><div class="toast" id="toast" hidden></div> })}
            </body>
        </html>
    }
    .into_any()
}

/// The product's name, leading home.
fn brand() -> AnyView {
    view! {
        <a class="brand" href=route::home()>
            <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linejoin="round" aria-hidden="true"><path d="M10 3 18 17H2Z"></path></svg>
            "Deltaboard"
        </a>
    }
    .into_any()
}

/// The navigation: a column on wide screens, folded behind the menu button on narrow ones (`popover`, so without script).
fn navigation(nav: Nav, current: &str) -> AnyView {
    let orgs = nav.orgs.iter().map(|org| organisation(org, current)).collect_view();
    let projects = nav.projects.iter().map(|project| item(route::project(&project.slug), &project.name, None, current)).collect_view();
    let mine = nav.user.as_ref().map(|_| {
        view! {
            <section>
                <h2>"Yours"</h2>
                {item(route::work(), "My work", None, current)}
                {item(route::with_query(route::DELTAS, &[("q", "reporter:me")]), "Filed by you", None, current)}
                {item(route::with_query(route::DELTAS, &[("q", "affecting:me")]), "Affecting you", None, current)}
                {item(route::settings(), "Settings", None, current)}
            </section>
        }
    });
    let foot = match nav.user {
        Some(user) => signed_in(&user, current),
        None => view! {
            {item(route::sign_in(), "Sign in", None, current)}
            {nav.registration_open.then(|| item(route::register(), "Create an account", None, current))}
        }
        .into_any(),
    };
    view! {
        <nav class="nav" id="nav" popover="auto" aria-label="Main">
            {brand()}
            {orgs}
            <section>
                <h2>"Projects"</h2>
                {projects}
                {item(route::deltas(), "All deltas", None, current)}
                {item(route::radar(), "Orphan radar", None, current)}
                {item(route::projects(), "All projects", None, current)}
                {item(route::orgs(), "Organisations", None, current)}
            </section>
            {mine}
            <div class="foot">{foot}</div>
        </nav>
    }
    .into_any()
}

/// One organisation's entries.
fn organisation(org: &NavOrg, current: &str) -> AnyView {
    let boards = org
        .boards
        .iter()
        .map(|board| item(route::board(&org.slug, &board.slug), &board.name, Some((board.tasks, "tasks")), current))
        .collect_view();
    view! {
        <section>
            <h2><a href=route::org(&org.slug)>{org.name.clone()}</a></h2>
            {item(route::triage(&org.slug), "Triage inbox", Some((org.inbox, "waiting")), current)}
            {boards}
            {item(route::tasks(&org.slug), "Tasks", None, current)}
            {item(route::priorities(&org.slug), "Priorities", None, current)}
            {item(route::ledger(&org.slug), "Promises", None, current)}
            {item(route::insight(&org.slug), "Insight", None, current)}
        </section>
    }
    .into_any()
}

/// Who is signed in, and the way out.
fn signed_in(user: &NavUser, current: &str) -> AnyView {
    view! {
        {user.is_admin.then(|| item(route::admin(), "Administration", None, current))}
        {item(route::help(), "Help and keys", None, current)}
        <a class="item" href=route::settings()>{part::avatar(&user.display_name, "")}{user.display_name.clone()}</a>
        <form method="post" action=route::sign_out()><button class="item" type="submit">{icon(Icon::SignOut)}"Sign out"</button></form>
    }
    .into_any()
}

/// One entry, with a count and what is counted where there is any.
fn item(href: String, text: &str, count: Option<(i64, &'static str)>, current: &str) -> AnyView {
    let here = (href == current).then_some("page");
    // The inbox is counted up to a bound only.
    let words = |n: i64, of: &str| if n >= COUNT_MAX && of == "waiting" { format!("{}+", COUNT_MAX - 1) } else { n.to_string() };
    let count = count
        .filter(|(n, _)| *n > 0)
        .map(|(n, of)| view! { <span class="n">{words(n, of)}<span class="hid">{format!(" {of}")}</span></span> });
    view! { <a class="item" href=href aria-current=here>{text.to_owned()}{count}</a> }.into_any()
}

/// The dialog of the keys, with the listener that also obeys them. The links in it are where `g` and a letter go.
fn keys(nav: &Nav, current: &str) -> AnyView {
    let org = nav.orgs.first();
    let board = org.and_then(|org| org.boards.first().map(|board| route::board(&org.slug, &board.slug)));
    let goes = [
        ("h", "First page", Some(route::home())),
        ("d", "Deltas", Some(route::deltas())),
        ("p", "Projects", Some(route::projects())),
        ("i", "Triage inbox", org.map(|org| route::triage(&org.slug))),
        ("b", "Board", board),
        ("t", "Tasks", org.map(|org| route::tasks(&org.slug))),
        ("w", "My work", nav.user.as_ref().map(|_| route::work())),
        ("s", "Settings", nav.user.as_ref().map(|_| route::settings())),
    ];
    let goes = goes
        .into_iter()
        .filter_map(|(key, words, href)| {
            href.map(|href| view! { <dt><kbd>"g"</kbd>" "<kbd>{key}</kbd></dt><dd><a class="link" href=href data-go=key>{words}</a></dd> })
        })
        .collect_view();
    let task = org
        .filter(|org| org.works)
        .map(|org| view! { <dt><kbd>"c"</kbd></dt><dd><a class="link" href=route::task_new(&org.slug) data-key="c">"New task"</a></dd> });
    let delta = nav
        .user
        .as_ref()
        .map(|_| view! { <dt><kbd>"n"</kbd></dt><dd><a class="link" href=route::delta_new() data-key="n">"File a delta"</a></dd> });
    let line = |keys: &[&'static str], words: &'static str| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect_view();
        view! { <dt>{keys}</dt><dd>{words}</dd> }
    };
    // What only this page knows.
    let inbox = nav.orgs.iter().any(|org| org.works && route::triage(&org.slug) == current);
    let inbox = inbox.then(|| {
        view! {
            {line(&["a"], "Take it on")}{line(&["l"], "Link it to a task")}{line(&["s"], "Snooze")}{line(&["d"], "Not ours")}
            {line(&["z"], "Undo the last decision")}{line(&["Ctrl", "Enter"], "Send what is typed")}
        }
    });
    let board = nav.orgs.iter().any(|org| org.works && org.boards.iter().any(|board| route::board(&org.slug, &board.slug) == current));
    let board =
        board.then(|| view! { {line(&["↑", "↓"], "Move a card in its column")}{line(&["Shift", "←", "→"], "Move it to the next column")} });
    view! {
        <Keys>
            <dialog id="keys" aria-labelledby="keys-title">
                <form method="dialog" class="bar"><h2 id="keys-title">"Keys"</h2><button class="btn quiet small push">"Close"</button></form>
                <dl class="facts mt">
                    {goes}{task}{delta}
                    {inbox}{board}
                    <dt><kbd>"/"</kbd></dt><dd><a class="link" href=format!("{}#q", route::deltas()) data-key="/">"Search"</a></dd>
                    {line(&["j", "k"], "Next and previous row")}
                    {line(&["x"], "Choose the row, where rows can be changed together")}
                    <dt><kbd>"?"</kbd></dt><dd><a class="link" href=route::help()>"These keys; all of them"</a></dd>
                </dl>
            </dialog>
        </Keys>
    }
    .into_any()
}

/// Loads the islands' module and gives each `<leptos-island>` to its function, outer ones first. `data-islands` on `<html>` says that
/// they are alive. Needs of the policy only `script-src 'nonce-…' 'strict-dynamic' 'wasm-unsafe-eval'`.
fn loader(script: &str, wasm: &str) -> String {
    let (script, wasm) = (quoted(script), quoted(wasm));
    format!(
        "import init,* as m from {script};\
         init({{module_or_path:{wasm}}}).then(()=>{{\
         m.hydrate();\
         for(const e of document.querySelectorAll('leptos-island'))m[e.dataset.component]?.(e);\
         document.documentElement.dataset.islands='alive'}})"
    )
}

/// A JavaScript string that cannot end the script element.
fn quoted(url: &str) -> String {
    format!("\"{}\"", url.replace('\\', "%5C").replace('"', "%22").replace('<', "%3C"))
}

#[cfg(test)]
mod tests {
    use schema::nav::{NavBoard, NavProject};

    use super::*;
    use crate::testing::html;

    fn shell(user: bool, island: bool) -> Shell {
        let user = user.then(|| NavUser { name: "mk".into(), display_name: "Mara Kim".into(), is_admin: false });
        let boards = vec![NavBoard { slug: "switching".into(), name: "Switching board".into(), tasks: 23 }];
        let org = NavOrg { works: true, slug: "nw".into(), name: "Northwind".into(), inbox: 14, boards };
        Shell {
            title: "Deltas".into(),
            nav: Nav {
                orgs: user.iter().map(|_| org.clone()).collect(),
                projects: vec![NavProject { slug: "neutron".into(), name: "neutron".into() }],
                user,
                registration_open: true,
            },
            current: "/orgs/nw/triage".into(),
            island,
            nonce: "n0nce".into(),
            assets: Assets { style: "/a/s.css".into(), script: Some("/a/w.js".into()), wasm: Some("/a/w.wasm".into()) },
            notice: Some(Notice { kind: Tone::Good, text: "Saved.".into(), undo: None }),
            feed: None,
        }
    }

    #[test]
    fn a_document_is_whole_and_has_a_main_and_a_way_past_the_navigation() {
        let html = html(|| document(shell(true, false), view! { <h1>"Deltas"</h1> }));
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{html}");
        assert!(html.contains("<title>Deltas · Deltaboard</title>") && html.contains(r##"href="#main""##), "{html}");
        assert!(html.contains("<h1>Deltas</h1></main>") && html.contains("Saved."), "{html}");
        assert!(html.contains(r#"href="/orgs/nw/triage" aria-current="page""#), "{html}");
        assert!(!html.contains("style=\""), "{html}");
    }

    #[test]
    fn a_guest_loads_no_script_where_there_is_no_island_and_everybody_else_has_the_keys() {
        assert!(!html(|| document(shell(false, false), ())).contains("<script"));
        let inbox = html(|| document(shell(true, false), ()));
        assert!(inbox.contains("<script") && inbox.contains(r#"data-key="n""#) && inbox.contains("Undo the last decision"), "{inbox}");
    }

    #[test]
    fn the_loader_carries_the_nonce_and_our_addresses() {
        let html = html(|| document(shell(true, true), ()));
        assert!(html.contains(r#"<script type="module" nonce="n0nce">import init,* as m from "/a/w.js";"#), "{html}");
        assert!(html.contains(r#"init({module_or_path:"/a/w.wasm"})"#) && html.contains("<leptos-island"), "{html}");
    }

    #[test]
    fn a_guest_is_offered_to_sign_in_and_sees_nothing_of_anybody() {
        let html = html(|| document(shell(false, false), ()));
        assert!(
            html.contains("/sign-in") && html.contains("/register") && !html.contains("/sign-out") && !html.contains("Yours"),
            "{html}"
        );
    }
}
