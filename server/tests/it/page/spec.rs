use crate::support::{Client, TestApp};

const BODY: &str = "=======\nA title\n=======\n\nPart one\n========\n\nWords with ``code`` and a `link <https://example.org>`_.\n\nPart one\n========\n\n=====  =====\nA      B\n=====  =====\n\
                    c      d\n=====  =====\n\n.. raw:: html\n\n   <script>alert(1)</script>\n\nTimeline\n--------\n\nThe end.\n";

/// A spec in reStructuredText, filed by tom with a form; mara maintains its project.
pub async fn spec(app: &TestApp) -> (Client, Client) {
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    mara.form("/projects", &[("slug", "nova"), ("name", "Nova"), ("description", "")]).await.leads();
    let fields = [
        ("kind", "spec"),
        ("project", "nova"),
        ("title", "A long spec"),
        ("desired", "It is there."),
        ("body", BODY),
        ("body_format", "rst"),
        ("seen", "yes"),
    ];
    assert_eq!(tom.form("/deltas/new", &fields).await.leads(), "/deltas/D-1");
    (mara, tom)
}

#[tokio::test]
async fn a_spec_is_read_with_its_outline_and_what_is_not_understood_as_source() {
    let app = TestApp::start().await;
    spec(&app).await;
    let page = app.anyone().get("/deltas/D-1").await.ok();
    for words in [
        "<h2>Specification</h2>",
        "<h3 id=\"body-a-title\">A title",
        "<h4 id=\"body-part-one\">Part one",
        "<h4 id=\"body-part-one-2\">Part one",
        "<h5 id=\"body-timeline\">Timeline",
        "<a href=\"#body-part-one-2\">Part one</a>",
        "<code>code</code>",
        "href=\"https://example.org\"",
        "role=\"region\" aria-label=\"Table\"><table>",
        "Shown as it was written: raw",
        "&lt;script&gt;alert(1)",
        "1 construct is shown as it was written",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert_eq!(page.text.matches("id=\"timeline\"").count(), 1);
    let json = app.anyone().get("/api/v1/deltas/D-1").await.ok().json;
    assert_eq!((&json["body_format"], &json["body"]), (&"rst".into(), &BODY.into()));
}

#[tokio::test]
async fn the_format_is_worked_out_where_none_is_named() {
    let app = TestApp::start().await;
    let (_, tom) = spec(&app).await;
    let mut fields =
        vec![("kind", "spec"), ("project", "nova"), ("title", "Another"), ("desired", "x"), ("body_format", ""), ("seen", "yes")];
    fields.push(("body", BODY));
    assert_eq!(tom.form("/deltas/new", &fields).await.leads(), "/deltas/D-2");
    fields.pop();
    fields.push(("body", "# Markdown\n\n`code`"));
    assert_eq!(tom.form("/deltas/new", &fields).await.leads(), "/deltas/D-3");
    let format = async |key: &str| app.anyone().get(&format!("/api/v1/deltas/{key}")).await.ok().json["body_format"].clone();
    assert_eq!((format("D-2").await, format("D-3").await), ("rst".into(), "markdown".into()));
    fields[4].1 = "html";
    tom.form("/deltas/new", &fields).await.refused(422);
    assert!(tom.get("/deltas/D-2/edit").await.ok().text.contains("<option value=\"rst\" selected>"));
}

#[tokio::test]
async fn without_script_a_spec_is_shown_in_what_it_is_written_in_however_long_it_may_be() {
    let app = TestApp::start().await;
    let (_, tom) = spec(&app).await;
    let to = "/preview?to=/deltas/new&words=File%20it";
    let look = async |format: &str| {
        tom.form(to, &[("kind", "spec"), ("desired", "It *is*."), ("body", BODY), ("body_format", format)]).await.ok().text
    };
    for format in ["rst", ""] {
        let page = look(format).await;
        assert!(page.contains("<code>code</code>") && page.contains("Shown as it was written: raw"), "{format}: {page}");
        assert!(page.contains("<em>is</em>") && page.contains(&format!("name=\"body_format\" value=\"{format}\"")), "{format}: {page}");
    }
    assert!(!look("markdown").await.contains("Shown as it was written"));
    // What no form of a delta sent is Markdown, whatever it looks like.
    let comment = tom.form("/preview?to=/deltas/D-1/comments", &[("body", BODY)]).await.ok();
    assert!(!comment.text.contains("Shown as it was written"), "{}", comment.text);
    let long = "äöü äöü\r\n".repeat(29_000);
    let page = tom.form(to, &[("kind", "spec"), ("desired", "x"), ("body", &long), ("body_format", "rst")]).await.ok();
    assert!(page.text.contains("maxlength=\"262144\""));
    tom.form(to, &[("desired", &"x".repeat(2 * 65_536 + 1)), ("body_format", "rst")]).await.refused(422);
}

#[tokio::test]
async fn a_spec_may_be_as_long_as_a_book_and_a_bug_may_not() {
    let app = TestApp::start().await;
    let (_, tom) = spec(&app).await;
    let long = format!("Long\n====\n\n{}", "äöü words. ".repeat(20_000));
    let mut fields = vec![
        ("kind", "spec"),
        ("project", "nova"),
        ("title", "Longest"),
        ("desired", "x"),
        ("body_format", "rst"),
        ("seen", "yes"),
        ("actual", "y"),
    ];
    fields.push(("body", &long));
    assert_eq!(tom.form("/deltas/new", &fields).await.leads(), "/deltas/D-2");
    let started = std::time::Instant::now();
    let page = app.anyone().get("/deltas/D-2").await.ok();
    println!("{} bytes of page in {:?}", page.text.len(), started.elapsed());
    fields[0].1 = "bug";
    let page = tom.form("/deltas/new", &fields).await.refused(422);
    assert!(page.text.contains("at most 65536 are taken"));
    let longer = "x".repeat(262_145);
    fields[0].1 = "spec";
    fields.pop();
    fields.push(("body", &longer));
    tom.form("/deltas/new", &fields).await.refused(422);
}

#[tokio::test]
async fn revisions_are_read_and_compared_on_pages() {
    let app = TestApp::start().await;
    let (_, tom) = spec(&app).await;
    let after = BODY.replace("Words with", "Some words with");
    let mut edit = vec![
        ("version", "1"),
        ("kind", "spec"),
        ("title", "A long spec"),
        ("desired", "It is there."),
        ("actual", ""),
        ("body_format", "rst"),
        ("visibility", "public"),
    ];
    edit.extend([("body", after.as_str()), ("note", "Say whose words")]);
    tom.form("/deltas/D-1/edit", &edit).await.leads();
    let anyone = app.anyone();
    let list = anyone.get("/deltas/D-1/revisions").await.ok();
    for words in [
        "Revision 2",
        "“Say whose words”",
        "<del>Words</del><ins>Some words</ins>",
        "action=\"/deltas/D-1/changes\"",
        "The text as it was filed.",
    ] {
        assert!(list.text.contains(words), "{words}: {}", list.text);
    }
    let changes = anyone.get("/deltas/D-1/changes?from=2&to=1").await.ok();
    assert!(changes.text.contains("<del>Words</del><ins>Some words</ins>"), "{}", changes.text);
    let first = anyone.get("/deltas/D-1/revisions/1").await.ok();
    assert!(
        first.text.contains("Words with <code>code</code>") && first.text.contains("The text as it stands is revision 2."),
        "{}",
        first.text
    );
    for path in
        ["/deltas/D-1/revisions/3", "/deltas/D-1/changes?from=0&to=1", "/deltas/D-2/changes", "/deltas/D-1/revisions/-9223372036854775808"]
    {
        anyone.get(path).await.refused(404);
    }
    anyone.get("/deltas/D-1/changes?from=x").await.refused(422);
    assert!(anyone.get("/deltas/D-1").await.ok().text.contains("changed the text (revision 2): “Say whose words”"));
}

#[tokio::test]
async fn a_passage_is_commented_on_with_forms_alone() {
    let app = TestApp::start().await;
    let (mara, tom) = spec(&app).await;
    let ann = app.browser("ann").await;
    let page = ann.get("/deltas/D-1?passages=yes").await.ok();
    let link = page
        .text
        .split("class=\"say\" href=\"")
        .find(|part| part.contains("Comment on “Words with code"))
        .expect("a link at the paragraph");
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    assert!(!app.anyone().get("/deltas/D-1?passages=yes").await.ok().text.contains("class=\"say\""));
    app.anyone().get(&link).await.refused(401);
    let form = ann.get(&link).await.ok();
    assert!(form.text.contains("<blockquote class=\"quoted\">Words with code and a link.</blockquote>"), "{}", form.text);
    ann.get("/deltas/D-1/threads/new?field=body&piece=9999").await.refused(404);
    ann.get("/deltas/D-1/threads/new?field=title").await.refused(422);
    let mut fields = vec![("field", "body"), ("quote", "Words with code"), ("before", ""), ("after", ""), ("revision", "1"), ("body", "")];
    let again = ann.form("/deltas/D-1/threads", &fields).await.refused(422);
    assert!(again.text.contains("must not be empty") && again.text.contains("value=\"Words with code\""), "{}", again.text);
    fields[5].1 = "Which *words*?";
    let to = ann.form("/deltas/D-1/threads", &fields).await.leads();
    let thread = to.split("#thread-").nth(1).expect("the thread's place").to_owned();
    let seen = app.anyone().get("/deltas/D-1").await.ok();
    for words in [
        "<mark>Words with </mark><code><mark>code</mark></code>",
        &format!("id=\"thread-{thread}\""),
        "Which <em>words</em>?",
        &format!("href=\"#thread-{thread}\" class=\"on\">“Words with code”"),
    ] {
        assert!(seen.text.contains(words), "{words}: {}", seen.text);
    }
    assert!(!seen.text.contains(">Settle<"), "{}", seen.text);
    tom.form(&format!("/deltas/D-1/threads/{thread}/replies"), &[("body", "These.")]).await.leads();
    app.browser("bob").await.form(&format!("/deltas/D-1/threads/{thread}/settled"), &[("settled", "true")]).await.refused(403);
    mara.form(&format!("/deltas/D-1/threads/{thread}/settled"), &[("settled", "true")]).await.leads();
    let seen = app.anyone().get("/deltas/D-1").await.ok();
    assert!(seen.text.contains("Settled by mara: 2 comments") && !seen.text.contains("<mark>"), "{}", seen.text);
    let mut edit = vec![
        ("version", "1"),
        ("kind", "spec"),
        ("title", "A long spec"),
        ("desired", "It is there."),
        ("actual", ""),
        ("body_format", "rst"),
        ("visibility", "public"),
    ];
    edit.push(("body", "Nothing of it stays.\n"));
    tom.form("/deltas/D-1/edit", &edit).await.leads();
    let seen = app.anyone().get("/deltas/D-1").await.ok();
    for words in [
        "Comments on passages that are gone",
        "not in the text since revision 2",
        "<blockquote class=\"small\">Words with code</blockquote>",
        "/deltas/D-1/revisions/1",
    ] {
        assert!(seen.text.contains(words), "{words}: {}", seen.text);
    }
}

#[tokio::test]
async fn a_refused_comment_on_a_passage_comes_back_with_what_was_typed() {
    let app = TestApp::start().await;
    let (mara, _) = spec(&app).await;
    let ann = app.browser("ann").await;
    let form = ann.get("/deltas/D-1/threads/new?field=body&quote=Words%20with%20code").await.ok();
    assert!(form.text.contains("data-md-tools") && form.text.contains("formaction=\"/preview?to="), "{}", form.text);
    let fields = [("field", "body"), ("quote", "Words with code"), ("body", "Which?")];
    let to = ann.form("/deltas/D-1/threads", &fields).await.leads();
    let replies = format!("/deltas/D-1/threads/{}/replies", to.split("#thread-").nth(1).expect("the thread's place"));
    // A reply is written with the same help as a comment.
    assert_eq!(ann.get("/deltas/D-1").await.ok().text.matches("data-md-tools").count(), 2);
    let long = format!("Too long {}", "x".repeat(65_536));
    let again = ann.form(&replies, &[("body", &long)]).await.refused(422);
    assert!(again.text.contains("at most 65536 are taken") && again.text.contains(&long));
    mara.form("/deltas/D-1/lock", &[("reason", "Enough")]).await.leads();
    let again = ann.form(&replies, &[("body", "My <last> words")]).await.refused(403);
    assert!(again.text.contains("This discussion is locked (Enough)") && again.text.contains("My &lt;last> words"), "{}", again.text);
    let fields = [("field", "body"), ("quote", "Words with code"), ("body", "My <first> words")];
    let again = ann.form("/deltas/D-1/threads", &fields).await.refused(403);
    assert!(again.text.contains("This discussion is locked (Enough)") && again.text.contains("My &lt;first> words"), "{}", again.text);
    ann.form("/deltas/D-7/threads/00000000-0000-7000-8000-000000000007/replies", &[("body", "x")]).await.refused(404);
}

#[tokio::test]
async fn a_reply_that_came_too_soon_comes_back_and_says_when() {
    let app = TestApp::start_with(|config| config.newcomer_comments = 1).await;
    spec(&app).await;
    let ann = app.browser("ann").await;
    let to = ann.form("/deltas/D-1/threads", &[("field", "body"), ("quote", "Words with code"), ("body", "Which?")]).await.leads();
    let replies = format!("/deltas/D-1/threads/{}/replies", to.split("#thread-").nth(1).expect("the thread's place"));
    let again = ann.form(&replies, &[("body", "And these?")]).await.refused(429);
    assert!(!again.header("retry-after").is_empty());
    assert!(again.text.contains("New accounts send at most 1 comments an hour") && again.text.contains("And these?"), "{}", again.text);
}
