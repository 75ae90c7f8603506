;; Asked for the end, it never answers.
(func $finish (result i32)
  (loop $again (br $again))
  unreachable)
