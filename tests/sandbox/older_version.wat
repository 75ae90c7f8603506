;; Built for an earlier version of our package.
;;; version: 0.1.0
