// Composes the numbers and what is printed of them; loaded when the page has nothing to do: there are none before a training.

import './styles/report-room.css';
import { mountReportPanel } from './ui/report-panel.js';

export const mountReport = mountReportPanel;
