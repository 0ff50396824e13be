//! Where a page of the list ended, as a text to go on from.

use sea_query::{Expr, ExprTrait};

pub(super) use crate::store::cursor::micros;
use crate::{
    error::{Error, Result},
    store::cursor::time as time_of,
};

/// What a list is sorted by. `number` decides between equals; it is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Impact,
    Updated,
    /// The order of filing, which is also the order of numbers.
    Number,
    Relevance,
    /// Impact through an organisation's lens.
    Lens,
}

/// An order: highest first, unless turned round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub by: By,
    pub reversed: bool,
}

/// The last row of a page: its value in the order (microseconds since 1970 for times) and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Last {
    pub value: i64,
    pub number: i64,
}

impl Order {
    fn letter(self) -> &'static str {
        match (self.by, self.reversed) {
            (By::Impact, false) => "i",
            (By::Impact, true) => "I",
            (By::Updated, false) => "u",
            (By::Updated, true) => "U",
            (By::Number, false) => "n",
            (By::Number, true) => "N",
            (By::Relevance, false) => "r",
            (By::Relevance, true) => "R",
            (By::Lens, false) => "l",
            (By::Lens, true) => "L",
        }
    }

    /// The cursor that goes on after `last`.
    pub fn write(self, last: Last) -> String {
        format!("{}{}.{}", self.letter(), last.value, last.number)
    }

    /// Reads what [`Self::write`] wrote for the same order.
    ///
    /// # Errors
    /// 422 `cursor` for any other text.
    pub fn read(self, text: &str) -> Result<Last> {
        let bad = || Error::invalid("cursor", "is not from this list in this order; leave it out to start at the beginning");
        let (value, number) = text.strip_prefix(self.letter()).and_then(|rest| rest.split_once('.')).ok_or_else(bad)?;
        let last = Last { value: value.parse().map_err(|_| bad())?, number: number.parse().map_err(|_| bad())? };
        if self.by == By::Updated && time_of(last.value).is_none() {
            return Err(bad());
        }
        Ok(last)
    }

    /// The rows after `last`; `value` and `number` are the sorted columns.
    pub fn after(self, value: Expr, number: Expr, last: Last) -> Expr {
        let (row, at) = match self.by {
            By::Number => (number, Expr::val(last.number)),
            By::Updated => (Expr::tuple([value, number]), Expr::tuple([Expr::val(time_of(last.value)), Expr::val(last.number)])),
            By::Impact | By::Relevance | By::Lens => {
                (Expr::tuple([value, number]), Expr::tuple([Expr::val(last.value), Expr::val(last.number)]))
            }
        };
        if self.reversed { row.gt(at) } else { row.lt(at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_only_in_its_own_order() {
        let (order, last) = (Order { by: By::Impact, reversed: false }, Last { value: 82, number: 1042 });
        assert_eq!(order.read(&order.write(last)).unwrap(), last);
        assert!(Order { by: By::Impact, reversed: true }.read(&order.write(last)).is_err());
        for bad in ["", "i", "i82", "i82.", "i82.x", "n82.1", "i99999999999999999999.1"] {
            assert!(order.read(bad).is_err(), "{bad}");
        }
        assert!(Order { by: By::Updated, reversed: false }.read(&format!("u{}.1", i64::MAX)).is_err());
    }
}
