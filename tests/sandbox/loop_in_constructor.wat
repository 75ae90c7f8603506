;; Asked for a session, it never answers.
(func $constructor
  (loop $again (br $again))
  unreachable)
