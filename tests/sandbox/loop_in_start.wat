;; It never starts.
(func $forever (loop $again (br $again)))
(start $forever)
