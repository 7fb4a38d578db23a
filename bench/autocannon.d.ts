/** The part of autocannon that the bench uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface LoadRequest {
    method?: 'GET' | 'POST'
    path?: string
    headers?: Record<string, string>
    body?: string
    setupRequest?(request: LoadRequest): LoadRequest
  }

  export interface LoadOptions {
    url: string
    connections: number
    duration: number
    headers?: Record<string, string>
    requests: LoadRequest[]
  }

  export interface LoadResult {
    '2xx': number
    non2xx: number
    errors: number
    timeouts: number
    /** Seconds. */
    duration: number
  }

  export default function autocannon(
    options: LoadOptions,
    done: (error: Error | null, result: LoadResult) => void,
  ): EventEmitter
}
