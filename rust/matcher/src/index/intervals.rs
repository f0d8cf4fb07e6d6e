//! Numeric ranges, found by a number that lies in them: a persistent interval treap.
//!
//! A search tree by lower bound and a heap by priority, which makes its depth logarithmic in
//! expectation. Every node knows the greatest upper bound below it, so a search leaves out the
//! subtrees that end too early.

use std::cmp::Ordering;
use std::ops::Bound;
use std::sync::Arc;

use crate::conjunction::Conjunction;
use crate::index::filed::{Filed, key_of};
use crate::number::{Number, Range};

/// A set of ranges, each with a conjunction.
#[derive(Debug)]
pub(crate) struct Intervals<T> {
    root: Tree<T>,
}

type Tree<T> = Option<Arc<Node<T>>>;

impl<T> Clone for Intervals<T> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone() }
    }
}

impl<T> Default for Intervals<T> {
    fn default() -> Self {
        Self { root: None }
    }
}

#[derive(Debug)]
struct Node<T> {
    range: Range,
    filed: Filed<T>,
    /// The greatest upper bound in this subtree.
    end: Bound<Number>,
    left: Tree<T>,
    right: Tree<T>,
}

impl<T> Intervals<T> {
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Go through the conjunctions whose range contains `number`.
    pub fn visit<'s>(&'s self, number: &Number, visit: &mut impl FnMut(Conjunction<'s, T>)) {
        visit_tree(self.root.as_deref(), number, visit);
    }

    pub fn insert(&mut self, range: &Range, filed: Filed<T>) {
        let (end, range) = (range.upper.clone(), range.clone());
        let node = Node { range, filed, end, left: None, right: None };
        insert(&mut self.root, node);
    }

    /// Take one entry out; say whether it was there.
    pub fn remove(&mut self, range: &Range, conjunction: Conjunction<'_, T>) -> bool {
        let key = key_of(conjunction);
        contains(self.root.as_deref(), range, key) && {
            remove(&mut self.root, range, key);
            true
        }
    }
}

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        Self {
            range: self.range.clone(),
            filed: self.filed.clone(),
            end: self.end.clone(),
            left: self.left.clone(),
            right: self.right.clone(),
        }
    }
}

impl<T> Node<T> {
    /// The heap order, as the keys are well mixed.
    fn priority(&self) -> u64 {
        self.filed.key()
    }

    fn place(&self, range: &Range, key: u64) -> Ordering {
        compare_lower(&range.lower, &self.range.lower)
            .then_with(|| compare_upper(&range.upper, &self.range.upper))
            .then_with(|| key.cmp(&self.filed.key()))
    }

    fn update_end(&mut self) {
        let children = [&self.left, &self.right].into_iter().flatten().map(|child| &child.end);
        let end = children.chain([&self.range.upper]).max_by(|a, b| compare_upper(a, b));
        self.end = end.expect("a node has its own end").clone();
    }
}

fn visit_tree<'s, T>(
    node: Option<&'s Node<T>>,
    number: &Number,
    visit: &mut impl FnMut(Conjunction<'s, T>),
) {
    let Some(node) = node else { return };
    if !is_below_upper(number, &node.end) {
        return;
    }
    visit_tree(node.left.as_deref(), number, visit);
    if is_above_lower(number, &node.range.lower) {
        if is_below_upper(number, &node.range.upper) {
            visit(node.filed.conjunction());
        }
        visit_tree(node.right.as_deref(), number, visit);
    }
}

fn insert<T>(tree: &mut Tree<T>, mut new: Node<T>) {
    match tree {
        Some(root) if root.priority() >= new.priority() => {
            let root = Arc::make_mut(root);
            let side = match root.place(&new.range, new.filed.key()) {
                Ordering::Less => &mut root.left,
                _ => &mut root.right,
            };
            insert(side, new);
            root.update_end();
        }
        _ => {
            let (left, right) = split(tree.take(), &new);
            (new.left, new.right) = (left, right);
            new.update_end();
            *tree = Some(Arc::new(new));
        }
    }
}

/// Split a tree into what comes before and what comes after `at`.
fn split<T>(tree: Tree<T>, at: &Node<T>) -> (Tree<T>, Tree<T>) {
    let Some(mut root) = tree else { return (None, None) };
    let node = Arc::make_mut(&mut root);
    if node.place(&at.range, at.filed.key()) == Ordering::Less {
        let (before, after) = split(node.left.take(), at);
        node.left = after;
        node.update_end();
        (before, Some(root))
    } else {
        let (before, after) = split(node.right.take(), at);
        node.right = before;
        node.update_end();
        (Some(root), after)
    }
}

fn contains<T>(node: Option<&Node<T>>, range: &Range, key: u64) -> bool {
    node.is_some_and(|node| match node.place(range, key) {
        Ordering::Less => contains(node.left.as_deref(), range, key),
        Ordering::Equal => true,
        Ordering::Greater => contains(node.right.as_deref(), range, key),
    })
}

fn remove<T>(tree: &mut Tree<T>, range: &Range, key: u64) {
    let Some(root) = tree else { return };
    let node = Arc::make_mut(root);
    match node.place(range, key) {
        Ordering::Less => remove(&mut node.left, range, key),
        Ordering::Greater => remove(&mut node.right, range, key),
        Ordering::Equal => {
            *tree = merge(node.left.take(), node.right.take());
            return;
        }
    }
    node.update_end();
}

fn merge<T>(left: Tree<T>, right: Tree<T>) -> Tree<T> {
    let (mut first, mut second) = match (left, right) {
        (None, tree) | (tree, None) => return tree,
        (Some(first), Some(second)) => (first, second),
    };
    if first.priority() >= second.priority() {
        let node = Arc::make_mut(&mut first);
        node.right = merge(node.right.take(), Some(second));
        node.update_end();
        Some(first)
    } else {
        let node = Arc::make_mut(&mut second);
        node.left = merge(Some(first), node.left.take());
        node.update_end();
        Some(second)
    }
}

fn is_above_lower(number: &Number, lower: &Bound<Number>) -> bool {
    match lower {
        Bound::Included(bound) => number >= bound,
        Bound::Excluded(bound) => number > bound,
        Bound::Unbounded => true,
    }
}

fn is_below_upper(number: &Number, upper: &Bound<Number>) -> bool {
    match upper {
        Bound::Included(bound) => number <= bound,
        Bound::Excluded(bound) => number < bound,
        Bound::Unbounded => true,
    }
}

fn compare_lower(a: &Bound<Number>, b: &Bound<Number>) -> Ordering {
    fn rank(bound: &Bound<Number>) -> (u8, Option<(&Number, u8)>) {
        match bound {
            Bound::Unbounded => (0, None),
            Bound::Included(number) => (1, Some((number, 0))),
            Bound::Excluded(number) => (1, Some((number, 1))),
        }
    }
    rank(a).cmp(&rank(b))
}

fn compare_upper(a: &Bound<Number>, b: &Bound<Number>) -> Ordering {
    fn rank(bound: &Bound<Number>) -> (u8, Option<(&Number, u8)>) {
        match bound {
            Bound::Excluded(number) => (0, Some((number, 0))),
            Bound::Included(number) => (0, Some((number, 1))),
            Bound::Unbounded => (1, None),
        }
    }
    rank(a).cmp(&rank(b))
}
