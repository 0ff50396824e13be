//! Moving cards by pointer and by key.
//!
//! A mouse lifts a card once it moved a little; a finger after resting on it, so that the board can still be scrolled. Arrow up and
//! down move the card that has the focus, Shift and arrow left or right put it into the next column.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::place::{Live, hold, list, stands};
use crate::island::dom;

/// How far a mouse goes before the card is lifted, in pixels.
const LIFT: f64 = 5.0;
/// How long a finger rests before the card is lifted, in milliseconds.
const REST: i32 = 350;
/// How near an edge the board begins to scroll, in pixels.
const EDGE: f64 = 48.0;

/// A card under the pointer.
struct Hand {
    card: Element,
    pointer: i32,
    touch: bool,
    from: (f64, f64),
    lifted: Option<Lifted>,
}

/// What is shown while a card is carried.
struct Lifted {
    /// What follows the pointer.
    copy: HtmlElement,
    /// Where the card would land.
    slot: Element,
    /// From the copy's corner to the pointer.
    grip: (f64, f64),
}

type Held = Rc<RefCell<Option<Hand>>>;

/// Listens to pointer and keyboard.
pub(super) fn listen(board: &Rc<Live>) {
    if board.fixed() {
        return;
    }
    let held = Held::default();
    // A link is not to be dragged out of the window as an address.
    dom::on(&board.root, "dragstart", |event: Event| event.prevent_default());
    // A finger resting on a card lifts it; the menu of the link under it would take the card away again.
    let hand = Rc::clone(&held);
    dom::on(&board.root, "contextmenu", move |event: Event| {
        if hand.borrow().as_ref().is_some_and(|held| held.touch) {
            event.prevent_default();
        }
    });
    let hand = Rc::clone(&held);
    dom::on(&board.root, "pointerdown", move |event: PointerEvent| take(&hand, &event));
    let (hand, on) = (Rc::clone(&held), Rc::clone(board));
    dom::on(&dom::window(), "pointermove", move |event: PointerEvent| carry(&hand, &on, &event));
    let (hand, on) = (Rc::clone(&held), Rc::clone(board));
    dom::on(&dom::window(), "pointerup", move |event: PointerEvent| {
        let ours = hand.borrow().as_ref().is_some_and(|held| held.pointer == event.pointer_id());
        if ours {
            drop_card(&hand, &on, true);
        }
    });
    let (hand, on) = (Rc::clone(&held), Rc::clone(board));
    dom::on(&dom::window(), "pointercancel", move |_: PointerEvent| drop_card(&hand, &on, false));
    let (hand, on) = (Rc::clone(&held), Rc::clone(board));
    dom::on(&dom::document(), "keydown", move |event: KeyboardEvent| {
        if event.key() == "Escape" && hand.borrow().is_some() {
            drop_card(&hand, &on, false);
        } else {
            key(&on, &event);
        }
    });
    // A finger that carries a card does not scroll.
    let hand = Rc::clone(&held);
    dom::on_active(&board.root, "touchmove", move |event: Event| {
        if hand.borrow().as_ref().is_some_and(|held| held.lifted.is_some()) {
            event.prevent_default();
        }
    });
}

fn take(held: &Held, event: &PointerEvent) {
    let Some(card) = dom::closest(event, "[data-card]") else { return };
    if event.button() != 0 || event.ctrl_key() || event.meta_key() || held.borrow().is_some() {
        return;
    }
    let touch = event.pointer_type() == "touch";
    let (pointer, from) = (event.pointer_id(), at(event));
    *held.borrow_mut() = Some(Hand { card, pointer, touch, from, lifted: None });
    if touch {
        let held = Rc::clone(held);
        let rested = Closure::once_into_js(move || {
            let mut hand = held.borrow_mut();
            if let Some(hand) = hand.as_mut().filter(|hand| hand.pointer == pointer && hand.lifted.is_none()) {
                hand.lifted = lift(&hand.card, hand.from);
            }
        });
        // Without a timer a finger only scrolls.
        let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(rested.unchecked_ref(), REST);
    }
}

fn at(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn carry(held: &Held, board: &Rc<Live>, event: &PointerEvent) {
    let (x, y) = at(event);
    let mut hand = held.borrow_mut();
    let Some(hand_in) = hand.as_mut().filter(|hand| hand.pointer == event.pointer_id()) else { return };
    if hand_in.lifted.is_none() {
        let far = (x - hand_in.from.0).hypot(y - hand_in.from.1) > LIFT;
        if far && hand_in.touch {
            // It scrolls.
            *hand = None;
            return;
        }
        if !far {
            return;
        }
        hand_in.lifted = lift(&hand_in.card, hand_in.from);
    }
    let Some(lifted) = &hand_in.lifted else { return };
    event.prevent_default();
    set(&lifted.copy, "left", x - lifted.grip.0);
    set(&lifted.copy, "top", y - lifted.grip.1);
    scroll(board, x, y);
    let below = dom::document().element_from_point(x as f32, y as f32);
    let Some(column) = below.and_then(|below| below.closest(".col").ok().flatten()) else { return };
    let Some(list) = list(&column) else { return };
    let next = dom::all_in(&list, "[data-card]:not([hidden])").into_iter().find(|other| {
        let place = other.get_bounding_client_rect();
        y < place.top() + place.height() / 2.0
    });
    let place = next.as_ref().map(AsRef::as_ref);
    // Moved only where it changes: each insertion lays the board out anew.
    if lifted.slot.parent_element().as_ref() != Some(&list) || lifted.slot.next_element_sibling() != next {
        let _ = list.insert_before(&lifted.slot, place);
    }
}

/// Lifts the card: a copy follows the pointer, a slot says where it would land.
fn lift(card: &Element, from: (f64, f64)) -> Option<Lifted> {
    let place = card.get_bounding_client_rect();
    let copy: HtmlElement = card.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    copy.remove_attribute("data-card").ok()?;
    copy.remove_attribute("data-row").ok()?;
    dom::attribute(&copy, "aria-hidden", Some("true"));
    dom::toggle(&copy, "drag", true);
    dom::toggle(&copy, "lifted", true);
    for (name, value) in [("left", place.left()), ("top", place.top()), ("width", place.width())] {
        set(&copy, name, value);
    }
    let slot = dom::document().create_element("li").ok()?;
    slot.set_class_name("slot");
    set(slot.unchecked_ref(), "height", place.height());
    card.parent_node()?.insert_before(&slot, Some(card)).ok()?;
    dom::attribute(card, "hidden", Some(""));
    dom::document().body()?.append_child(&copy).ok()?;
    Some(Lifted { copy, slot, grip: (from.0 - place.left(), from.1 - place.top()) })
}

fn set(element: &HtmlElement, name: &str, pixels: f64) {
    // Refused only for a name that is none.
    let _ = element.style().set_property(name, &format!("{pixels}px"));
}

/// Scrolls the board sideways and the page up and down, where the pointer is near an edge.
fn scroll(board: &Live, x: f64, y: f64) {
    let place = board.root.get_bounding_client_rect();
    let toward = |at: f64, low: f64, high: f64| match at {
        _ if at < low + EDGE => -12.0,
        _ if at > high - EDGE => 12.0,
        _ => 0.0,
    };
    board.root.set_scroll_left(board.root.scroll_left() + toward(x, place.left(), place.right()) as i32);
    let height = dom::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    dom::window().scroll_by_with_x_and_y(0.0, toward(y, 0.0, height));
}

/// Ends a carry: the card goes to the slot, or back.
fn drop_card(held: &Held, board: &Rc<Live>, land: bool) {
    let Some(Hand { card, lifted: Some(lifted), .. }) = held.borrow_mut().take() else { return };
    lifted.copy.remove();
    dom::attribute(&card, "hidden", None);
    // The browser makes a click of what was a carry: the link under it must not open.
    let swallow = Closure::once_into_js(move |event: Event| event.prevent_default());
    let target: &web_sys::EventTarget = card.as_ref();
    let _ = target.add_event_listener_with_callback("click", swallow.unchecked_ref());
    let forget = {
        let (card, swallow) = (card.clone(), swallow.clone());
        Closure::once_into_js(move || {
            let _ = card.remove_event_listener_with_callback("click", swallow.unchecked_ref());
        })
    };
    let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), 0);
    let (stood, slot) = (stands(&card), &lifted.slot);
    let still = slot.next_sibling().as_ref() == Some(card.as_ref()) || slot.previous_sibling().as_ref() == Some(card.as_ref());
    if let (true, false, Some(list), Some((parent, mut behind))) = (land, still, slot.parent_node(), stood) {
        if behind.as_ref() == Some(slot.as_ref()) {
            behind = slot.next_sibling();
        }
        let placed = list.insert_before(&card, Some(slot)).is_ok();
        slot.remove();
        if placed {
            hold(&card);
            board.tell(card, (parent, behind));
        }
    } else {
        slot.remove();
    }
}

/// Moves the card that has the focus.
fn key(board: &Rc<Live>, event: &KeyboardEvent) {
    let Some(card) = dom::closest(event, "#board [data-card]") else { return };
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(stood) = stands(&card) else { return };
    let moved = match (event.key().as_str(), event.shift_key()) {
        ("ArrowUp", _) => card.previous_element_sibling().is_some_and(|above| insert(&above, &card, Some(&above))),
        ("ArrowDown", _) => card.next_element_sibling().is_some_and(|below| insert(&below, &card, below.next_element_sibling().as_ref())),
        ("ArrowLeft", true) => across(board, &card, -1),
        ("ArrowRight", true) => across(board, &card, 1),
        _ => return,
    };
    event.prevent_default();
    if moved {
        hold(&card);
        board.tell(card, stood);
    }
}

fn insert(beside: &Element, card: &Element, before: Option<&Element>) -> bool {
    beside.parent_node().is_some_and(|list| list.insert_before(card, before.map(AsRef::as_ref)).is_ok())
}

/// Into the column beside, at the same height.
fn across(board: &Live, card: &Element, step: isize) -> bool {
    let columns = dom::all_in(&board.root, ".col");
    let Some(from) = columns.iter().position(|column| column.contains(Some(card))) else { return false };
    let height = dom::all_in(&columns[from], "[data-card]").iter().position(|other| other == card).unwrap_or(0);
    let Some(list) = from.checked_add_signed(step).and_then(|to| columns.get(to)).and_then(list) else { return false };
    let before = dom::all_in(&list, "[data-card]").into_iter().nth(height);
    list.insert_before(card, before.as_ref().map(AsRef::as_ref)).is_ok()
}
