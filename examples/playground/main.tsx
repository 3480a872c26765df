/** The page starts here. */
import { render } from 'preact'
import { App } from './app.tsx'
import { followLanguage } from './page/language.ts'
import { followTheme } from './page/theme.ts'
import { followAddress } from './page/url.ts'

followTheme()
followLanguage()
followAddress()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
