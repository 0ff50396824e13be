//! Files that are dropped on a field, pasted into it or chosen below it: sent at once, with how far they are, and named in the text.

use js_sys::JSON;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    ClipboardEvent, DragEvent, Element, Event, File, FileList, HtmlInputElement, HtmlTextAreaElement, ProgressEvent, XmlHttpRequest,
};

use super::{field, insert, say, text_area, tool, typed};
use crate::api;
use crate::island::dom;

/// On a field: how many of its files are on their way.
const UNDERWAY: &str = "data-md-underway";

pub(super) fn listen() {
    let document = dom::document();
    // First of all: what listens to forms that are sent hears nothing of one that waits.
    dom::on_first(&document, "submit", |event: Event| {
        let Some(form) = dom::closest(&event, "form") else { return };
        if let Some(area) = dom::all_in(&form, "textarea[data-md]").iter().find(|area| underway(area) > 0) {
            event.prevent_default();
            event.stop_propagation();
            say(area, "A file is still on its way. Send this once it is there.");
            dom::announce("Not sent: a file is still on its way.");
        }
    });
    dom::on(&document, "change", |event: Event| {
        let Some(input) = dom::closest(&event, "[data-md-file]").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        if let (Some(area), Some(files)) = (field(&input), input.files()) {
            take(&area, &files);
        }
        input.set_value("");
    });
    dom::on(&document, "paste", |event: ClipboardEvent| {
        let files = event.clipboard_data().and_then(|data| data.files());
        if let (Some(area), Some(files)) = (dom::closest(&event, "textarea[data-md]"), files.filter(|files| files.length() > 0)) {
            event.prevent_default();
            take(&area, &files);
        }
    });
    dom::on_active(&document, "dragover", |event: DragEvent| {
        // Without this the browser would leave the page for the file.
        if dom::closest(&event, "textarea[data-md]").is_some()
            && event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
        {
            event.prevent_default();
        }
    });
    dom::on_active(&document, "drop", |event: DragEvent| {
        let files = event.data_transfer().and_then(|data| data.files());
        if let (Some(area), Some(files)) = (dom::closest(&event, "textarea[data-md]"), files.filter(|files| files.length() > 0)) {
            event.prevent_default();
            take(&area, &files);
        }
    });
}

fn take(area: &Element, files: &FileList) {
    for file in (0..files.length()).filter_map(|at| files.get(at)) {
        send(area, &file);
    }
}

fn underway(area: &Element) -> u32 {
    area.get_attribute(UNDERWAY).and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// One file more, or one less, is on its way.
fn count(area: &Element, more: bool) {
    let now = underway(area);
    let now = if more { now + 1 } else { now.saturating_sub(1) };
    dom::attribute(area, UNDERWAY, (now > 0).then(|| now.to_string()).as_deref());
}

/// Sends a file, and puts its address into the text once it is there; a line in its place until then.
fn send(area: &Element, file: &File) {
    let (Some(text), Some(tools), Ok(request)) = (text_area(area), tool(area, "[data-md-tools]"), XmlHttpRequest::new()) else { return };
    // A pasted picture has no name of its own.
    let name = if file.name().is_empty() { "image.png".to_owned() } else { file.name() };
    let url = format!(
        "{}?name={}",
        tools.get_attribute("data-attachments").unwrap_or_default(),
        String::from(js_sys::encode_uri_component(&name))
    );
    if request.open("POST", &url).is_err() {
        return;
    }
    let waiting = format!("[uploading {}…]", name.replace(['[', ']'], ""));
    insert(&text, &waiting);
    count(area, true);
    let _ = request.set_request_header("content-type", "application/octet-stream");
    if let Ok(upload) = request.upload() {
        let (area, name) = (area.clone(), name.clone());
        dom::on(&upload, "progress", move |event: ProgressEvent| {
            let part = if event.total() > 0.0 { event.loaded() / event.total() * 100.0 } else { 0.0 };
            say(&area, &format!("{name}: {part:.0} %"));
        });
    }
    let (done, area) = (request.clone(), area.clone());
    let ended = Closure::once_into_js(move || {
        count(&area, false);
        let body = done.response_text().ok().flatten().and_then(|text| JSON::parse(&text).ok()).unwrap_or(JsValue::UNDEFINED);
        let (status, url) = (done.status().unwrap_or(0), api::text(&body, "url"));
        if status == 201 && !url.is_empty() {
            let mark = if api::get_in(&body, "image").as_bool() == Some(true) { "!" } else { "" };
            replace(&text, &waiting, &format!("{mark}[{}]({url})", api::text(&body, "name").replace(['[', ']'], "")));
            say(&area, "");
            dom::announce("The file is there.");
        } else {
            replace(&text, &waiting, "");
            let words = api::text(&body, "detail");
            say(&area, if words.is_empty() { "The file was not sent: the server was not reached." } else { &words });
        }
    });
    request.set_onloadend(Some(ended.unchecked_ref()));
    let _ = request.send_with_opt_blob(Some(file));
}

/// Puts a text in place of another in a field; what was typed meanwhile stays, and so does the cursor.
fn replace(area: &HtmlTextAreaElement, old: &str, new: &str) {
    let value = area.value();
    let Some(at) = value.find(old) else { return };
    let start = u32::try_from(value[..at].encode_utf16().count()).unwrap_or(0);
    let end = start + u32::try_from(old.encode_utf16().count()).unwrap_or(0);
    let _ = area.set_range_text_with_start_and_end_and_mode(new, start, end, "preserve");
    typed(area);
}
