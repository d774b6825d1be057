"""Figures of the web processes for Prometheus (https://prometheus.io/docs/concepts/data_model/): see `web.probes`.

The library's own way to add up several processes wants a folder that is named in the environment before it is
imported, and keeps files of every worker that ever lived; so it only writes the answer. See docs/deploy.md.
"""
