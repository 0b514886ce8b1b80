#!/usr/bin/env node
import { launch } from './launcher/launch.ts'

launch(process, import.meta.dirname)
