;; Built for an earlier version of our package.
;;; version: 0.0.9
