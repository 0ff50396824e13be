//! Boards, their columns, and the placement of cards.
